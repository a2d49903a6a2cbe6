import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import { paginateDescribeImages } from '@aws-sdk/client-ec2';
import { PutParameterCommand, paginateDescribeParameters } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import type { ApiFault } from '../model/contract.ts';
import { derivedId } from '../model/identifiers.ts';
import { seedState } from '../seeding/seed-state.ts';
import { canonicalImage } from '../testing/images.ts';
import { createWorld, temporaryFolder, type World } from '../testing/world.ts';

const count = 6;
const pageSize = 2;

const lists: Record<
  string,
  { make(): Promise<World>; pages(world: World, region: string): AsyncIterable<unknown> }
> = {
  'ec2:DescribeImages': {
    make: async () => {
      const folder = temporaryFolder();
      const images = Array.from({ length: count }, (_, number) => ({
        region: 'us-east-1',
        id: derivedId('ami', String(number)),
        name: `web ${number}`,
        createdAt: '2026-01-02T03:04:05.000Z',
      }));
      seedState(folder, { images });
      return createWorld({ folder });
    },
    pages: (world, region) =>
      paginateDescribeImages(
        { client: world.ec2({ region, maxAttempts: 2 }), pageSize },
        { Owners: ['self'] },
      ),
  },
  'autoscaling:DescribeAutoScalingGroups': {
    make: async () => {
      const world = createWorld();
      const client = world.autoScaling();
      const launch = {
        LaunchConfigurationName: 'web',
        ImageId: await canonicalImage(world),
        InstanceType: 't3.micro',
      };
      await client.send(new CreateLaunchConfigurationCommand(launch));
      for (let number = 0; number < count; number += 1) {
        await client.send(
          new CreateAutoScalingGroupCommand({
            AutoScalingGroupName: `web-${number}`,
            LaunchConfigurationName: 'web',
            MinSize: 0,
            MaxSize: 0,
            AvailabilityZones: ['us-east-1a'],
          }),
        );
      }
      return world;
    },
    pages: (world, region) =>
      paginateDescribeAutoScalingGroups(
        { client: world.autoScaling({ region, maxAttempts: 2 }), pageSize },
        {},
      ),
  },
  'ssm:DescribeParameters': {
    make: async () => {
      const world = createWorld();
      for (let number = 0; number < count; number += 1) {
        await world.ssm().send(new PutParameterCommand({ Name: `/${number}`, Value: 'x', Type: 'String' }));
      }
      return world;
    },
    pages: (world, region) =>
      paginateDescribeParameters({ client: world.ssm({ region, maxAttempts: 2 }), pageSize }, {}),
  },
};

/** The number of pages received, and how the list ended. */
const read = async (pages: AsyncIterable<unknown>): Promise<[number, string]> => {
  let came = 0;
  try {
    for await (const _ of pages) came += 1;
    return [came, 'whole'];
  } catch (error) {
    return [came, (error as Error).name];
  }
};

/** Each of these leaves a list unfinished, also after AWS's own retries. */
const endings: [string, Pick<ApiFault, 'input' | 'skip' | 'does'>, number, RegExp][] = [
  [
    'from its third page on',
    { input: 'NextToken', skip: 1, does: { error: 'InternalError' } },
    2,
    /Internal/,
  ],
  ['by a throttle that does not end', { does: { error: 'Throttling', status: 400 } }, 0, /Throttling/],
  ['by lost answers after its first page', { input: 'NextToken', does: 'drop' }, 1, /./],
  [
    'by a token that has expired',
    { input: 'NextToken', does: { error: 'InvalidNextToken' } },
    1,
    /InvalidNextToken/,
  ],
];

test.each(
  Object.keys(lists).flatMap((on) =>
    endings.map(([how, fault, pages, name]) => [on, how, fault, pages, name] as const),
  ),
)('%s ends %s in one region, and in no other', async (on, _, fault, pages, name) => {
  const list = lists[on];
  if (!list) throw new Error(`no list ${on}`);
  const world = await list.make();
  expect(await read(list.pages(world, 'us-east-1'))).toEqual([3, 'whole']);
  world.faults.add([{ on, region: 'us-east-1', times: 0, ...fault }]);
  expect(await read(list.pages(world, 'us-east-1'))).toEqual([pages, expect.stringMatching(name)]);
  expect(await read(list.pages(world, 'eu-west-1'))).toEqual([1, 'whole']);
});
