import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeSnapshotAttributeCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { root } from '../house/markdown.ts';
import { amisIn, parametersIn } from './amis.ts';
import { type Example, expectToRun, namedCommands, openExample } from './example.ts';

const region = 'us-west-2';
const staging = '210987654321';
const production = '123456789013';

let example: Example;
beforeAll(async () => {
  example = await openExample('bento', { calls: 40 });
});
afterAll(() => example.close());

const node = (
  name: string,
  image: string,
  { version = 'v1.4.0', environment = 'production', sharedWith = [production, staging] } = {},
) => ({
  id: expect.stringMatching(/^ami-/),
  name,
  description: '',
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDevice: 'ebs',
  tags: {
    Name: `boundless-${version}-${image}`,
    ManagedBy: 'packer',
    Environment: environment,
    Version: version,
    BuildDate: expect.stringMatching(/^\d{14}$/),
  },
  volumes: [['/dev/sda1', 100, 'gp3']],
  launchedBy: sharedWith,
  copiedBy: sharedWith,
});

it('Bento: a new account may not start a G instance, which the plan says', async () => {
  const { project } = example;
  const { exit, stdout } = await project.run(['plan', 'bento-prover', '--sandbox']);
  expect([exit, stdout]).toEqual([4, expect.stringContaining('--quota-code L-DB2E81BA')]);
});

it('Bento: prover on a GPU and manager on the Spot market, shared with both accounts once verified', async () => {
  await example.runTo(/publish bento-prover@v1.4.0/);
  const { clients } = example.sandbox;
  const amis = await amisIn(clients, region);
  expect(amis).toEqual([
    node('boundless-v1.3.0-ubuntu-24.04-manager', 'manager', { version: 'v1.3.0' }),
    node('boundless-v1.3.0-ubuntu-24.04-nvidia-prover', 'prover', { version: 'v1.3.0' }),
  ]);
  const calls = example.calls();
  const typesOf = (operation: string) =>
    calls
      .filter((call) => call.operation === operation && call.error === undefined)
      .map(({ input }) => /g6\.xlarge|c7a\.4xlarge/.exec(JSON.stringify(input))?.[0]);
  expect([...new Set(typesOf('RunInstances'))]).toEqual(['g6.xlarge']);
  expect(typesOf('CreateLaunchTemplate')).toEqual(['c7a.4xlarge']);
  expect(typesOf('CreateFleet')).toHaveLength(1);
  const [manager, prover] = amis.map(({ id }) => id);
  expect(await parametersIn(clients, region, '/bento-manager')).toEqual({
    '/bento-manager/v1.3.0': manager,
    '/bento-manager/latest': manager,
  });
  expect(await parametersIn(clients, region, '/bento-prover')).toEqual({
    '/bento-prover/v1.3.0': prover,
    '/bento-prover/latest': prover,
  });
  expect((await stateOf(clients, region)).leftovers).toEqual([]);
  const { commands, files } = example.onBuilders();
  for (const unit of ['api', 'broker', 'executor', 'aux', 'prover']) {
    expect(files).toContain(`/tmp/bento/service_files/bento-${unit}.service`);
  }
  expect(files).toEqual(
    expect.arrayContaining(['/tmp/bento/service_files/broker.toml', '/tmp/bento/scripts/setup-prover.sh']),
  );
  for (const cleared of [/^sed .*authorized_keys/, /^sudo sed .*authorized_keys/]) {
    expect(commands).toEqual(expect.arrayContaining([expect.stringMatching(cleared)]));
  }
  for (const kind of ['manager', 'prover']) {
    expect(commands).toEqual(
      expect.arrayContaining([expect.stringMatching(`(?=.*NODE='${kind}')(?=.*BENTO_VERSION='v1.3.0')`)]),
    );
  }
});

it('Bento: all volumes have the key that the other accounts may use, and Slack would be told', async () => {
  const { Snapshots = [] } = await example.sandbox.clients
    .ec2(region)
    .send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots.map(({ Encrypted, KmsKeyId }) => [Encrypted, KmsKeyId])).toEqual(
    Array(2).fill([true, expect.stringMatching(/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9$/)]),
  );
  const printed = example.printed(/publish bento-manager@v1\.3\.0/);
  expect(printed).toContain('to the webhook in SLACK_WEBHOOK:');
  expect(printed).toContain('bento-manager@v1.3.0 published: 1 AMI in 1 region');
  expect(printed).not.toContain('image-failures');
});

it('Bento: a rollback takes the parameter back that clusters follow; what is yanked nobody can launch', async () => {
  await example.runTo(/yank bento-prover@v1.3.0/);
  const { clients } = example.sandbox;
  const provers = (await amisIn(clients, region)).filter(({ name }) => name.endsWith('prover'));
  const [older, newer] = provers.map(({ id }) => id);
  expect(await parametersIn(clients, region, '/bento-prover')).toEqual({
    '/bento-prover/v1.3.0': older,
    '/bento-prover/v1.4.0': newer,
    '/bento-prover/latest': older,
  });
  await example.runTo(/publish bento-unified/);
  expect(await parametersIn(clients, region, '/bento-prover')).toEqual({
    '/bento-prover/v1.4.0': newer,
    '/bento-prover/latest': newer,
  });
  const { amis } = await stateOf(clients, region);
  const yanked = amis.find(({ id }) => id === older);
  expect(yanked).toMatchObject({
    state: 'disabled',
    tags: { 'gopackgo:yanked': expect.stringContaining('its driver crashes') },
  });
  const { CreateVolumePermissions } = await clients.ec2(region).send(
    new DescribeSnapshotAttributeCommand({
      SnapshotId: yanked?.snapshots[0],
      Attribute: 'createVolumePermission',
    }),
  );
  expect(CreateVolumePermissions).toEqual([]);
});

it('Bento: staging and its nightly have their own account, and cleanup leaves the newest prover and every other AMI', async () => {
  await example.runTo();
  const { clients } = example.sandbox;
  const amis = await amisIn(clients, region);
  const forStaging = { environment: 'staging', sharedWith: [staging] };
  const nightly = 'v1.4.0.20261201040000';
  expect(amis).toEqual([
    node('boundless-v1.3.0-ubuntu-24.04-manager', 'manager', { version: 'v1.3.0' }),
    node('boundless-v1.4.0-ubuntu-24.04-nvidia-prover', 'prover'),
    node('boundless-v1.4.0-ubuntu-24.04-nvidia-prover-staging', 'prover', forStaging),
    node('boundless-v1.4.0-ubuntu-24.04-nvidia-unified', 'unified'),
    node(`boundless-${nightly}-ubuntu-24.04-nvidia-prover`, 'prover', { version: nightly, ...forStaging }),
  ]);
  expect(example.printed(/20261202040000/)).toContain('nothing has changed since');
  const ids = amis.map(({ id }) => id);
  for (const [path, version, id] of [
    ['/bento-prover', 'v1.4.0', ids[1]],
    ['/bento-prover-staging', 'v1.4.0', ids[2]],
    ['/bento-unified', 'v1.4.0', ids[3]],
    ['/bento-prover-nightly', nightly, ids[4]],
  ] as const) {
    expect(await parametersIn(clients, region, path)).toEqual({
      [`${path}/${version}`]: id,
      [`${path}/latest`]: id,
    });
  }
  expect((await stateOf(clients, region)).leftovers).toEqual([]);
});

it('Bento: of a build that fails Slack and the topic would be told, and nothing is left', async () => {
  const { clients, addFaults, ask } = example.sandbox;
  const before = await stateOf(clients, region);
  await addFaults([
    { on: 'ssh', command: '; .*script_', times: 0, does: { exit: 9, stderr: 'nvidia-smi: no devices' } },
  ]);
  const { exit, stdout } = await example.rehearse('gopackgo publish bento-prover@v1.5.0 --yes');
  await ask('faults', { method: 'DELETE' });
  expect(exit, stdout).toBe(1);
  for (const channel of ['the webhook in SLACK_WEBHOOK', 'image-failures']) {
    expect(stdout).toMatch(new RegExp(`would be sent +to .*${channel}`));
  }
  expect(stdout).toMatch(/"outcome":"failed".*bento-prover@v1\.5\.0/);
  expect(await stateOf(clients, region)).toEqual(before);
});

it('Bento: the page on permissions names all that is created and deleted for Spot Instances, too', () => {
  const page = readFileSync(join(root, 'docs/permissions.md'), 'utf8');
  const actions = example.actions().filter((action) => /^ec2:(Create|Delete)/.test(action));
  expect(actions).toContain('ec2:CreateFleet');
  expect(actions.filter((action) => !page.includes(`\`${action}\``))).toEqual([]);
});

it.each(namedCommands('bento'))('Bento: %s', (command) => expectToRun(example, command));
