import {
  DescribeInstanceStatusCommand,
  type DescribeInstanceStatusCommandInput,
  paginateDescribeInstanceStatus,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceStatusOk,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { canonicalImage, launch } from '../testing/images.ts';
import { createWorld, errorOf } from '../testing/world.ts';

const three = async () => {
  const world = createWorld();
  const [running, stopped, gone] = [await launch(world), await launch(world), await launch(world)];
  await world.ec2().send(new StopInstancesCommand({ InstanceIds: [stopped] }));
  await world.ec2().send(new TerminateInstancesCommand({ InstanceIds: [gone] }));
  const ask = async (input: DescribeInstanceStatusCommandInput = {}) =>
    (await world.ec2().send(new DescribeInstanceStatusCommand(input))).InstanceStatuses ?? [];
  const ids = async (input?: DescribeInstanceStatusCommandInput) =>
    (await ask(input)).map(({ InstanceId }) => InstanceId).sort();
  return { world, running, stopped, gone, ask, ids };
};

test('a running instance has passed its checks; those that do not run are shown on request', async () => {
  const { running, stopped, gone, ask, ids } = await three();
  const passed = { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] };
  expect(await ask()).toEqual([
    {
      InstanceId: running,
      AvailabilityZone: expect.stringMatching(/^us-east-1[a-f]$/),
      InstanceState: { Code: 16, Name: 'running' },
      InstanceStatus: passed,
      SystemStatus: passed,
      AttachedEbsStatus: passed,
    },
  ]);
  expect(await ids({ InstanceIds: [stopped] })).toEqual([]);
  expect(await ids({ IncludeAllInstances: true })).toEqual([running, stopped, gone].sort());
  expect(await ask({ InstanceIds: [stopped], IncludeAllInstances: true })).toMatchObject([
    { InstanceState: { Name: 'stopped' }, InstanceStatus: { Status: 'not-applicable' } },
  ]);
});

test('DescribeInstanceStatus applies filters, and a waiter for a running instance ends at once', async () => {
  const { world, running, stopped, ids } = await three();
  const by = (Name: string, ...Values: string[]) =>
    ids({ IncludeAllInstances: true, Filters: [{ Name, Values }] });
  expect(await by('instance-status.status', 'ok')).toEqual([running]);
  expect(await by('system-status.reachability', 'passed')).toEqual([running]);
  expect(await by('instance-state-code', '80')).toEqual([stopped]);
  const { state } = await waitUntilInstanceStatusOk(
    { client: world.ec2(), minDelay: 1, maxDelay: 1, maxWaitTime: 2 },
    { InstanceIds: [running] },
  );
  expect(state).toBe('SUCCESS');
});

test('the pages of DescribeInstanceStatus contain each instance once', async () => {
  const world = createWorld();
  const ImageId = await canonicalImage(world);
  await world
    .ec2()
    .send(new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 8, MaxCount: 8 }));
  const seen: number[] = [];
  const pages = paginateDescribeInstanceStatus(
    { client: world.ec2(), pageSize: 5 },
    { IncludeAllInstances: true },
  );
  for await (const { InstanceStatuses = [] } of pages) seen.push(InstanceStatuses.length);
  expect(seen).toEqual([5, 3]);
});

test.each<[string, DescribeInstanceStatusCommandInput]>([
  ['InvalidInstanceID.Malformed', { InstanceIds: ['i-x'] }],
  ['InvalidInstanceID.NotFound', { InstanceIds: ['i-0123456789abcdef0'] }],
  ['InvalidParameterValue', { Filters: [{ Name: 'nonsense', Values: ['x'] }] }],
  ['InvalidParameterValue', { MaxResults: 4 }],
  ['InvalidParameterCombination', { MaxResults: 5, InstanceIds: ['i-0123456789abcdef0'] }],
  ['DryRunOperation', { DryRun: true }],
])('DescribeInstanceStatus answers %s for %j', async (code, input) => {
  const world = createWorld();
  expect(await errorOf(world.ec2().send(new DescribeInstanceStatusCommand(input)))).toBe(code);
});

test('another account’s instance is not found', async () => {
  const { world, running } = await three();
  const asked = world
    .ec2({ account: otherAccount })
    .send(new DescribeInstanceStatusCommand({ InstanceIds: [running] }));
  expect(await errorOf(asked)).toBe('InvalidInstanceID.NotFound');
});
