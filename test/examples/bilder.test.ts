import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { judge, judged } from '../referees/judge.ts';
import { amisIn, parametersIn } from './amis.ts';
import { type Example, expectToRun, namedCommands, openExample } from './example.ts';

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
    example = await openExample('bilder', { calls: 40, environment: { PATH: programs }, runsLocal: true });
  });
  afterAll(async () => {
    await example.close();
    rmSync(programs, { recursive: true });
    judged(name, 'images of Debian deployed by Packer and shell-local');
  });

  it('bilder: PyInfra deploys Consul on Debian, and the AMI is named and tagged as Custodian knows it', async () => {
    await example.runTo(/plan consul@20261207120000/);
    const { clients } = example.sandbox;
    const amis = await amisIn(clients, region);
    expect(amis).toEqual([
      {
        id: expect.stringMatching(/^ami-/),
        name: 'consul-server-20261130120000',
        description: expect.stringMatching(/^Deployment image for consul server generated at \d{14}$/),
        architecture: 'x86_64',
        virtualization: 'hvm',
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
    const [snapshot] = Snapshots.map(({ Tags = [] }) =>
      Object.fromEntries(Tags.map(({ Key = '', Value }) => [Key, Value])),
    );
    expect(snapshot).toMatchObject({ ...tagsOf('consul', 'server'), Name: 'consul-server-ami' });
    const launches = example.calls().filter(({ operation }) => operation === 'RunInstances');
    expect(launches.length).toBeGreaterThan(0);
    for (const { input } of launches) {
      expect(input.InstanceType).toBe('t3a.medium');
      expect(JSON.stringify(input)).toMatch(/subnet-0b1b2c3d4e5f6071[89]/);
      for (const type of ['instance', 'volume']) {
        const specifications = input.TagSpecifications as { ResourceType: string; Tags: object[] }[];
        const { Tags } = specifications.find(({ ResourceType }) => ResourceType === type) ?? {};
        const tags = { ...tagsOf('consul', 'server'), Name: 'consul-server-packer-builder' };
        const expected = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        expect(Tags, type).toEqual(expect.arrayContaining(expected));
      }
    }
    const { commands } = example.onBuilders();
    for (const done of [/apt-get .*install consul=1\.22\.5-1/, /systemctl enable consul/, /^sftp put/]) {
      expect(commands, String(done)).toEqual(expect.arrayContaining([expect.stringMatching(done)]));
    }
  });

  it('bilder: a reviewed plan is the gate; after it, a rollback takes the parameter back that Pulumi resolves', async () => {
    await example.runTo(/promote consul@20261207120000/);
    const { clients } = example.sandbox;
    const [older, newer] = await amisIn(clients, region);
    expect(newer?.name).toBe('consul-server-20261207120000');
    expect(await parametersIn(clients, region, '/bilder')).toEqual({
      '/bilder/consul/server/ami-id': older?.id,
    });
    const { exit, stdout } = await example.rehearse('gopackgo plan consul --var environment=nowhere');
    expect([exit, stdout]).toEqual([4, expect.stringContaining('tag:Environment')]);
  });

  it('bilder: two node types of another application, one image on another, and cleanup leaves the newest', async () => {
    await example.runTo(/cleanup consul@20261130120000/);
    const { clients } = example.sandbox;
    const retired = (await stateOf(clients, region)).amis.filter(({ state }) => state === 'disabled');
    expect(retired.map(({ name, tags }) => [name, Object.keys(tags).includes('gopackgo:retired')])).toEqual([
      ['consul-server-20261130120000', true],
    ]);
    await example.runTo();
    expect((await stateOf(clients, region)).amis).toHaveLength(6);
    const amis = await amisIn(clients, region);
    expect(amis.map((ami) => [ami.name, ami.tags])).toEqual([
      ['codejail-server-20261207120000', tagsOf('codejail', 'server')],
      ['concourse-web-20261207120000', tagsOf('concourse', 'web')],
      ['concourse-worker-20261207120000', tagsOf('concourse', 'worker')],
      ['consul-server-20261207120000', tagsOf('consul', 'server')],
      [expect.stringMatching(/^docker_baseline_ami-server-\d{14}$/), tagsOf('docker_baseline_ami', 'server')],
      ['vault-server-20261207120000', tagsOf('vault', 'server')],
    ]);
    const [codejail, web, worker, consul, docker, vault] = amis.map(({ id }) => id);
    const launched = example.calls().filter(({ operation }) => operation === 'RunInstances');
    expect(launched.map(({ input }) => input.ImageId)).toContain(docker);
    expect(await parametersIn(clients, region, '/bilder')).toEqual({
      '/bilder/codejail/server/ami-id': codejail,
      '/bilder/docker_baseline_ami/server/ami-id': docker,
      '/bilder/concourse/web/ami-id': web,
      '/bilder/concourse/worker/ami-id': worker,
      '/bilder/consul/server/ami-id': consul,
      '/bilder/vault/server/ami-id': vault,
    });
    expect((await stateOf(clients, region)).leftovers).toEqual([]);
  });

  it('bilder: a change of deploy.py or of a component calls for a new image, of those alone that read it', async () => {
    const changed = async (app: string) => {
      const { exit, stdout } = await example.rehearse(`gopackgo plan ${app} --if-changed --json`);
      expect(exit, stdout).toBe(0);
      return JSON.parse(stdout) as { changed: boolean };
    };
    expect(await changed('consul')).toMatchObject({ changed: false });
    appendFileSync(example.project.path('images/consul/deploy.py'), '# changed\n');
    expect(JSON.stringify(await changed('consul'))).toMatch(
      /"changed":true.*"is":"recipe".*consul\/deploy\.py/,
    );
    expect(await changed('vault')).toMatchObject({ changed: false });
    appendFileSync(example.project.path('components/vector/steps.py'), '# changed\n');
    expect(await changed('vault')).toMatchObject({ changed: true });
  });

  it.each(namedCommands('bilder'))('bilder: %s', (command) => expectToRun(example, command));
});
