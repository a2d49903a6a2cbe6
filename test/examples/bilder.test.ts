import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { judge, judged } from '../referees/judge.ts';
import { amisIn, parametersIn } from './amis.ts';
import { type Example, openExample } from './example.ts';

const region = 'us-east-1';
const name = 'PyInfra for the example of bilder';
const environment = judge(name);

const tagsOf = (app: string, node: string) => ({
  Name: `${app}-${node}`,
  OU: 'operations',
  app,
  purpose: `${app}-${node}`,
});

describe.skipIf(!environment)('bilder', () => {
  let example: Example;
  let programs: string;
  beforeAll(async () => {
    programs = mkdtempSync(join(tmpdir(), 'pyinfra '));
    const pyinfra = join(programs, 'pyinfra');
    writeFileSync(pyinfra, `#!/bin/sh\nexec '${environment?.python}' -m pyinfra "$@"\n`);
    chmodSync(pyinfra, 0o755);
    example = await openExample('bilder', { calls: 40, environment: { PATH: programs } });
  });
  afterAll(async () => {
    await example.close();
    rmSync(programs, { recursive: true });
    judged(name, 'images of Debian deployed by Packer and shell-local');
  });

  it('bilder: PyInfra deploys Consul on Debian, and the AMI is named and tagged as Custodian knows it', async () => {
    await example.runTo(/publish consul@20261207120000/);
    const { clients } = example.sandbox;
    const amis = await amisIn(clients, region);
    expect(amis).toEqual([
      {
        id: expect.stringMatching(/^ami-/),
        name: 'consul-server-20261130120000',
        description: expect.stringMatching(/^Deployment image for consul server generated at \d{14}$/),
        architecture: 'x86_64',
        rootDevice: 'ebs',
        tags: tagsOf('consul', 'server'),
        volumes: [['/dev/xvda', 25, 'gp3']],
        launchedBy: [],
        copiedBy: [],
      },
    ]);
    expect(await parametersIn(clients, region, '/bilder')).toEqual({
      '/bilder/consul/server/ami-id': amis[0]?.id,
    });
    const { Snapshots = [] } = await clients
      .ec2(region)
      .send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    expect(Snapshots.map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'Name')?.Value)).toEqual([
      'consul-server-ami',
    ]);
    const launches = (await example.sandbox.calls()).filter(({ operation }) => operation === 'RunInstances');
    expect(launches.length).toBeGreaterThan(0);
    for (const { input } of launches) {
      expect(JSON.stringify(input)).toMatch(/subnet-0b1b2c3d4e5f6071[89]/);
      expect(JSON.stringify(input)).toContain('consul-server-packer-builder');
    }
    const commands = commandsOnBuilders(example);
    for (const done of [/apt-get .*install consul=1\.22\.5-1/, /systemctl enable consul/, /^sftp put/]) {
      expect(commands, String(done)).toEqual(expect.arrayContaining([expect.stringMatching(done)]));
    }
  });

  it('bilder: two node types of another application, one image on another, and cleanup leaves the newest', async () => {
    await example.runTo();
    const { clients } = example.sandbox;
    const amis = await amisIn(clients, region);
    expect(amis.map((ami) => [ami.name, ami.tags])).toEqual([
      ['codejail-server-20261207120000', tagsOf('codejail', 'server')],
      ['concourse-web-20261207120000', tagsOf('concourse', 'web')],
      ['concourse-worker-20261207120000', tagsOf('concourse', 'worker')],
      ['consul-server-20261207120000', tagsOf('consul', 'server')],
      [expect.stringMatching(/^docker-baseline-server-\d{14}$/), tagsOf('docker-baseline', 'server')],
    ]);
    const [codejail, web, worker, consul, docker] = amis.map(({ id }) => id);
    const launched = (await example.sandbox.calls()).filter(({ operation }) => operation === 'RunInstances');
    expect(launched.map(({ input }) => input.ImageId)).toContain(docker);
    expect(await parametersIn(clients, region, '/bilder')).toEqual({
      '/bilder/codejail/server/ami-id': codejail,
      '/bilder/docker-baseline/server/ami-id': docker,
      '/bilder/concourse/web/ami-id': web,
      '/bilder/concourse/worker/ami-id': worker,
      '/bilder/consul/server/ami-id': consul,
    });
    expect((await stateOf(clients, region)).leftovers).toEqual([]);
  });
});

/** All that was run on builders over SSH. */
function commandsOnBuilders({ project }: Example): string[] {
  const instances = project.path('.gopackgo/sandbox/state/instances');
  return readdirSync(instances).flatMap((id) =>
    readFileSync(join(instances, id, 'commands.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { command: string }).command),
  );
}
