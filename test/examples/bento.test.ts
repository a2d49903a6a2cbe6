import { DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { amisIn, parametersIn } from './amis.ts';
import { type Example, openExample } from './example.ts';

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
  const calls = await example.sandbox.calls();
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

it('Bento: a rollback takes the parameter back that clusters follow', async () => {
  await example.runTo(/promote bento-prover@v1.4.0/);
  const { clients } = example.sandbox;
  const provers = (await amisIn(clients, region)).filter(({ name }) => name.endsWith('prover'));
  const [older, newer] = provers.map(({ id }) => id);
  expect(await parametersIn(clients, region, '/bento-prover')).toEqual({
    '/bento-prover/v1.3.0': older,
    '/bento-prover/v1.4.0': newer,
    '/bento-prover/latest': older,
  });
});

it('Bento: staging has its own accounts, and cleanup leaves the newest prover and every other AMI', async () => {
  await example.runTo();
  const { clients } = example.sandbox;
  const amis = await amisIn(clients, region);
  expect(amis).toEqual([
    node('boundless-v1.3.0-ubuntu-24.04-manager', 'manager', { version: 'v1.3.0' }),
    node('boundless-v1.4.0-ubuntu-24.04-nvidia-prover', 'prover'),
    node('boundless-v1.4.0-ubuntu-24.04-nvidia-prover-staging', 'prover', {
      environment: 'staging',
      sharedWith: [staging],
    }),
    node('boundless-v1.4.0-ubuntu-24.04-nvidia-unified', 'unified'),
  ]);
  expect(await parametersIn(clients, region, '/bento-prover')).toEqual({
    '/bento-prover/v1.4.0': amis[1]?.id,
    '/bento-prover/latest': amis[1]?.id,
  });
  expect(await parametersIn(clients, region, '/bento-prover-staging')).toEqual({
    '/bento-prover-staging/v1.4.0': amis[2]?.id,
    '/bento-prover-staging/latest': amis[2]?.id,
  });
  expect((await stateOf(clients, region)).leftovers).toEqual([]);
});
