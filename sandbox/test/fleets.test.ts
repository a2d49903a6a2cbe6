import {
  DescribeFleetsCommand,
  type DescribeFleetsRequest,
  DescribeSpotFleetRequestsCommand,
  paginateDescribeFleets,
  paginateDescribeSpotFleetRequests,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { seedState } from '../seeding/seed-state.ts';
import type { SeededFleet } from '../seeding/seeded-world.ts';
import { createWorld, errorOf, temporaryFolder } from '../testing/world.ts';

const region = 'us-east-1';
const createdAt = '2026-01-02T03:04:05.000Z';
const id = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;
const fleet = (number: number, more: Partial<SeededFleet> = {}): SeededFleet => ({
  region,
  id: `fleet-${id(number)}`,
  createdAt,
  launchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '3' } }],
  ...more,
});

const seeded = () => {
  const folder = temporaryFolder();
  const fleets = [
    fleet(1),
    fleet(2, { type: 'request' }),
    fleet(3, { state: 'deleted_running' }),
    fleet(4, { type: 'instant' }),
    fleet(5, { region: 'eu-west-1' }),
    fleet(6, { account: '210987654321' }),
  ];
  const spotFleets = [1, 2, 3].map((number) => ({
    region,
    id: `sfr-${id(number)}`,
    createdAt,
    launchSpecifications: [{ ImageId: `ami-${number}` }],
  }));
  seedState(folder, { fleets, spotFleets });
  return createWorld({ folder });
};

const shown = async (input: DescribeFleetsRequest) => {
  const { Fleets = [] } = await seeded().ec2().send(new DescribeFleetsCommand(input));
  return Fleets.map(({ FleetId }) => Number(FleetId?.at(-1)));
};

test('seeded EC2 Fleets of the account and region are shown, except instant ones', async () => {
  const { Fleets } = await seeded().ec2().send(new DescribeFleetsCommand({}));
  expect(Fleets).toMatchObject([
    {
      FleetId: fleet(1).id,
      CreateTime: new Date(createdAt),
      FleetState: 'active',
      Type: 'maintain',
      LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '3' } }],
    },
    { FleetId: fleet(2).id, Type: 'request' },
    { FleetId: fleet(3).id, FleetState: 'deleted_running' },
  ]);
});

test('DescribeFleets applies filters, and refuses an unknown one', async () => {
  expect(await shown({ Filters: [{ Name: 'fleet-state', Values: ['active'] }] })).toEqual([1, 2]);
  expect(await shown({ Filters: [{ Name: 'type', Values: ['maintain'] }] })).toEqual([1, 3]);
  const wrong = new DescribeFleetsCommand({ Filters: [{ Name: 'state', Values: ['active'] }] });
  expect(await errorOf(seeded().ec2().send(wrong))).toBe('InvalidParameterValue');
});

test('DescribeFleets and DescribeSpotFleetRequests answer in pages', async () => {
  const client = seeded().ec2();
  const fleets: (string | undefined)[] = [];
  for await (const { Fleets } of paginateDescribeFleets({ client, pageSize: 2 }, {})) {
    fleets.push(Fleets?.map(({ FleetId }) => FleetId?.at(-1)).join());
  }
  expect(fleets).toEqual(['1,2', '3']);
  const images: (string | undefined)[] = [];
  for await (const page of paginateDescribeSpotFleetRequests({ client, pageSize: 2 }, {})) {
    const requests = page.SpotFleetRequestConfigs ?? [];
    images.push(requests.map((one) => one.SpotFleetRequestConfig?.LaunchSpecifications?.[0]?.ImageId).join());
  }
  expect(images).toEqual(['ami-1,ami-2', 'ami-3']);
});

test('lookups of fleets by id and creating one are refused as not implemented', async () => {
  const client = seeded().ec2();
  const byId = new DescribeSpotFleetRequestsCommand({ SpotFleetRequestIds: [`sfr-${id(1)}`] });
  expect(await errorOf(client.send(byId))).toBe('NotImplementedBySandbox');
  expect(await errorOf(client.send(new DescribeFleetsCommand({ FleetIds: [fleet(1).id] })))).toBe(
    'NotImplementedBySandbox',
  );
});

test('a seeded fleet with an id of another kind is refused', () => {
  expect(() => seedState(temporaryFolder(), { fleets: [fleet(1, { id: 'fleet-1' })] })).toThrow(
    'fleets[0]: fleet-1 is not fleet- and a UUID',
  );
});
