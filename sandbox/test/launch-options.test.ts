import {
  type CapacityReservationPreference,
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EbsBlockDevice,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { canonicalImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const userData = (bytes: number) => Buffer.alloc(bytes, 'x').toString('base64');
const withVolume = (Ebs: Partial<EbsBlockDevice>) => ({
  BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 200, ...Ebs } }],
});

const reserved = (
  CapacityReservationId?: string,
  CapacityReservationPreference?: CapacityReservationPreference,
  CapacityReservationResourceGroupArn?: string,
) => ({
  CapacityReservationSpecification: {
    CapacityReservationPreference,
    CapacityReservationTarget: { CapacityReservationId, CapacityReservationResourceGroupArn },
  },
});
const reservation = 'cr-0123456789abcdef0';
const reservationGroup = 'arn:aws:resource-groups:us-east-1:123456789012:group/reserved';
const tagged = (Key: string) => ({
  TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key }] }],
});

test.each<[string, Partial<RunInstancesCommandInput>]>([
  ['InvalidParameterValue', { MetadataOptions: { HttpTokens: 'maybe' as 'required' } }],
  ['InvalidParameterValue', { MetadataOptions: { HttpPutResponseHopLimit: 65 } }],
  ['InvalidParameterValue', { UserData: userData(16_385) }],
  ['InvalidParameterValue', withVolume({ VolumeType: 'standard', VolumeSize: 1025 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'st1', VolumeSize: 124 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'gp3', Iops: 2999 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'gp3', VolumeSize: 20, Iops: 15_000 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'gp3', Throughput: 2001 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'io1', Iops: 10_001 })],
  ['MissingParameter', withVolume({ VolumeType: 'io2' })],
  ['InvalidParameterCombination', withVolume({ VolumeType: 'st1', Iops: 500 })],
  ['InvalidParameterCombination', withVolume({ VolumeType: 'gp2', Throughput: 250 })],
  ['NotImplementedBySandbox', { MetadataOptions: { HttpProtocolIpv6: 'enabled' } }],
  ['InvalidParameterValue', { MetadataOptions: { InstanceMetadataTags: 'enabled' }, ...tagged('a/b') }],
  ['InvalidParameterValue', { MetadataOptions: { InstanceMetadataTags: 'enabled' }, ...tagged('_index') }],
  ['NotImplementedBySandbox', { EnclaveOptions: { Enabled: true } }],
  ['InvalidParameterValue', reserved(undefined, 'any' as 'open')],
  ['InvalidParameterCombination', reserved(reservation, 'open')],
  ['InvalidParameterCombination', reserved(reservation, 'none')],
  ['InvalidParameterCombination', reserved(undefined, 'none', reservationGroup)],
  ['InvalidParameterCombination', reserved(reservation, undefined, reservationGroup)],
  ['InvalidCapacityReservationId.Malformed', reserved('cr-1')],
  ['InvalidCapacityReservationId.NotFound', reserved(reservation)],
  ['InvalidCapacityReservationId.NotFound', reserved(reservation, 'capacity-reservations-only')],
  ['NotImplementedBySandbox', reserved(undefined, undefined, reservationGroup)],
  ['NotImplementedBySandbox', reserved(undefined, 'capacity-reservations-only')],
  ['NotImplementedBySandbox', { Placement: { Tenancy: 'dedicated' } }],
  ['NotImplementedBySandbox', { ImageId: 'resolve:ssm:/aws/service/canonical/x' }],
])(
  'a launch is refused with %s rather than started with other options than requested',
  async (code, input) => {
    const world = createWorld();
    const ImageId = await canonicalImage(world);
    const asked = { ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input } as const;
    expect(await errorOf(world.ec2().send(new RunInstancesCommand(asked)))).toBe(code);
    expect(world.machines.size).toBe(0);
  },
);

test.each<[string, Partial<RunInstancesCommandInput>]>([
  ['16 KiB of user data', { UserData: userData(16_384) }],
  ['a small gp3 volume as fast as all are', withVolume({ VolumeType: 'gp3', VolumeSize: 1, Iops: 3000 })],
  ['the fastest io1 volume of its size', withVolume({ VolumeType: 'io1', Iops: 10_000 })],
  ['the largest magnetic volume', withVolume({ VolumeType: 'standard', VolumeSize: 1024 })],
])('a launch with %s is started', async (_, input) => {
  const world = createWorld();
  const ImageId = await canonicalImage(world);
  const asked = { ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input } as const;
  expect(await errorOf(world.ec2().send(new RunInstancesCommand(asked)))).toBe('no error');
});

const run = async (world: World, input: Partial<RunInstancesCommandInput>): Promise<string> => {
  const ImageId = await canonicalImage(world);
  const { Instances } = await world
    .ec2()
    .send(new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input }));
  return Instances?.[0]?.InstanceId ?? '';
};

/** Ids of the instances that match a filter of DescribeInstances. */
const found = async (world: World, Name: string, value: string): Promise<string[]> => {
  const Filters = [{ Name, Values: [value] }];
  const { Reservations = [] } = await world.ec2().send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId = '' }) => InstanceId);
};

test('an instance keeps the capacity reservation settings of its launch, "open" by default', async () => {
  const first = createWorld();
  const none = { CapacityReservationPreference: 'none' } as const;
  const avoiding = await run(first, {
    CapacityReservationSpecification: none,
    EnclaveOptions: { Enabled: false },
  });
  const silent = await run(first, {});
  const open = await run(first, {
    CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
  });
  const { LaunchTemplate: { LaunchTemplateId = '' } = {} } = await first.ec2().send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'avoiding',
      LaunchTemplateData: { CapacityReservationSpecification: none, EnclaveOptions: { Enabled: false } },
    }),
  );
  const templated = await run(first, { LaunchTemplate: { LaunchTemplateId } });
  const world = createWorld({ folder: first.folder });
  const preference = 'capacity-reservation-specification.capacity-reservation-preference';
  expect((await found(world, preference, 'none')).toSorted()).toEqual([avoiding, templated].toSorted());
  expect((await found(world, preference, 'open')).toSorted()).toEqual([silent, open].toSorted());
  expect((await found(world, 'enclave-options.enabled', 'false')).length).toBe(4);
  const asked = { InstanceId: avoiding, Attribute: 'enclaveOptions' } as const;
  const { EnclaveOptions } = await world.ec2().send(new DescribeInstanceAttributeCommand(asked));
  expect(EnclaveOptions).toEqual({ Enabled: false });
});

test.each([
  ['InvalidParameterValue', reserved(undefined, 'any' as 'open')],
  ['InvalidParameterCombination', reserved(reservation, 'open')],
  ['InvalidCapacityReservationId.Malformed', reserved('cr-1')],
  ['no error', reserved(reservation)],
  ['no error', reserved(undefined, 'capacity-reservations-only')],
])(
  'a launch template is answered with %s for %j, and a launch from it is refused',
  async (code, LaunchTemplateData) => {
    const world = createWorld();
    const template = { LaunchTemplateName: 'reserved', LaunchTemplateData };
    expect(await errorOf(world.ec2().send(new CreateLaunchTemplateCommand(template)))).toBe(code);
    const launched = run(world, { LaunchTemplate: { LaunchTemplateName: 'reserved' } });
    expect(await errorOf(launched)).toMatch(/NotFound|NotImplementedBySandbox/);
    expect(world.machines.size).toBe(0);
  },
);

test('an instance with tags in its metadata cannot get a tag whose key is no valid path', async () => {
  const world = createWorld();
  const id = await run(world, { MetadataOptions: { InstanceMetadataTags: 'enabled' }, ...tagged('a:b') });
  const other = await run(world, {});
  expect(await found(world, 'metadata-options.instance-metadata-tags', 'enabled')).toEqual([id]);
  const tag = (Resources: string[], Key: string) =>
    errorOf(world.ec2().send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: '' }] })));
  expect(await tag([other, id], 'a b')).toBe('InvalidParameterValue');
  expect(await found(world, 'tag-key', 'a b')).toEqual([]);
  expect(await tag([id], 'a.b')).toBe('no error');
  expect(await tag([other], 'a b')).toBe('no error');
});

test('user data is returned in base64, as it was given', async () => {
  const world = createWorld();
  const attributeOf = async (InstanceId: string) =>
    (await world.ec2().send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' })))
      .UserData;
  expect(await attributeOf(await run(world, { UserData: userData(7) }))).toEqual({ Value: userData(7) });
  expect((await attributeOf(await run(world, {})))?.Value).toBeUndefined();
});
