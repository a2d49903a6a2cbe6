import {
  CreateImageCommand,
  DescribeImagesCommand,
  type DescribeImagesCommandInput,
  DescribeInstancesCommand,
  type Image,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { regionNames } from '../model/regions.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const describe = async (
  world: World,
  owner: string,
  filters: Record<string, string>,
  more: DescribeImagesCommandInput = {},
  region = 'us-east-1',
): Promise<Image[]> => {
  const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
  const ask = new DescribeImagesCommand({ Owners: [owner], Filters, ...more });
  const { Images = [] } = await world.ec2({ region }).send(ask);
  return Images.sort((a, b) => ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? -1 : 1));
};

/** The image that `most_recent` selects. */
const newest = async (world: World, owner: string, filters: Record<string, string>) =>
  (await describe(world, owner, filters)).at(-1);

const byParameter = async (world: World, name: string): Promise<Image | undefined> => {
  const { Parameter } = await world.ssm().send(new GetParameterCommand({ Name: name }));
  const ImageIds = [Parameter?.Value ?? ''];
  const { Images = [] } = await world.ec2().send(new DescribeImagesCommand({ ImageIds }));
  return Images[0];
};

const amazon = 'amazon';
const arm64 = { architecture: 'arm64' };
const x86 = { architecture: 'x86_64' };

test.each<[name: string, owner: string, filters: Record<string, string>, expected: Partial<Image>]>([
  [
    'ubuntu/images/hvm-ssd-gp3/ubuntu-resolute-26.04-arm64-server-20260916',
    '099720109477',
    { name: 'ubuntu/images/*/ubuntu-*-26.04-arm64-server-*' },
    { BootMode: 'uefi', ImdsSupport: 'v2.0', RootDeviceName: '/dev/sda1', ImageOwnerAlias: 'amazon' },
  ],
  [
    'al2023-ami-2023.12.20260918.0-kernel-6.1-x86_64',
    amazon,
    { name: 'al2023-ami-2023.*-kernel-6.1-x86_64' },
    {
      OwnerId: '137112412989',
      ImageOwnerAlias: 'amazon',
      ImageLocation: 'amazon/al2023-ami-2023.12.20260918.0-kernel-6.1-x86_64',
      BootMode: 'uefi-preferred',
      ImdsSupport: 'v2.0',
      RootDeviceName: '/dev/xvda',
      EnaSupport: true,
    },
  ],
  [
    'amzn2-ami-hvm-2.0.20260825.0-x86_64-gp2',
    '137112412989',
    { name: 'amzn2-ami-hvm-*-x86_64-gp2' },
    { RootDeviceName: '/dev/xvda', SriovNetSupport: 'simple', VirtualizationType: 'hvm' },
  ],
  [
    'debian-12-amd64-20260923-2610',
    '136693071363',
    { name: 'debian-12-*', ...x86 },
    { RootDeviceName: '/dev/xvda', ImageOwnerAlias: 'amazon', Description: 'Debian 12 (20260923-2610)' },
  ],
  ['debian-13-arm64-20260914-2601', amazon, { name: 'debian-13-*', ...arm64 }, { BootMode: 'uefi' }],
  [
    'Flatcar-stable-4593.2.5-hvm',
    '075585003325',
    { name: 'Flatcar-stable-*-hvm', ...x86 },
    { RootDeviceName: '/dev/xvda', ImageLocation: '075585003325/Flatcar-stable-4593.2.5-hvm' },
  ],
  ['Flatcar-stable-4593.2.5-arm64-hvm', '075585003325', { name: 'Flatcar-stable-*', ...arm64 }, {}],
  ['Rocky-9-EC2-Base-9.8-20260525.0.x86_64', '792107900819', { name: 'Rocky-9-EC2-Base-9.*', ...x86 }, {}],
  [
    'Rocky-10-EC2-Base-10.2-20260525.0.x86_64',
    '792107900819',
    { name: 'Rocky-10-EC2-Base-10.*', ...x86 },
    {},
  ],
  ['AlmaLinux OS 10.2.20260817.0 x86_64', '764336703387', { name: 'AlmaLinux OS 10.* x86_64' }, {}],
  ['AlmaLinux OS 9.8.20260526 aarch64', '764336703387', { name: 'AlmaLinux OS 9.* aarch64' }, {}],
  [
    'RHEL-10.2.0_HVM-20260908-x86_64-0-Hourly2-GP3',
    '309956199498',
    { name: 'RHEL-10.*_HVM-*-x86_64-*-Hourly2-GP3', 'platform-details': 'Red Hat Enterprise Linux' },
    { PlatformDetails: 'Red Hat Enterprise Linux', UsageOperation: 'RunInstances:0010' },
  ],
  [
    'Windows_Server-2025-English-Full-Base-2026.09.17',
    amazon,
    { name: 'Windows_Server-2025-English-Full-Base-*', platform: 'windows' },
    {
      OwnerId: '801119661308',
      Platform: 'windows' as 'Windows',
      PlatformDetails: 'Windows',
      UsageOperation: 'RunInstances:0002',
      BootMode: 'uefi',
    },
  ],
])('the newest by owner and filter is %s', async (name, owner, filters, expected) => {
  const found = await newest(createWorld(), owner, filters);
  expect(found).toMatchObject({ ...expected, Name: name, Public: true, State: 'available' });
});

test.each<[parameter: string, name: string]>([
  [
    'ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
    'al2023-ami-2023.12.20260918.0-kernel-6.1-x86_64',
  ],
  ['ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64', 'al2023-ami-2023.12.20260918.0-kernel-6.1-x86_64'],
  [
    'ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64',
    'al2023-ami-minimal-2023.12.20260918.0-kernel-6.1-arm64',
  ],
  ['ami-amazon-linux-latest/al2023-ami-kernel-6.18-arm64', 'al2023-ami-2023.12.20260918.0-kernel-6.18-arm64'],
  [
    'ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-arm64-gp2',
    'amzn2-ami-kernel-5.10-hvm-2.0.20260825.0-arm64-gp2',
  ],
  [
    'ami-amazon-linux-latest/amzn2-ami-minimal-hvm-x86_64-ebs',
    'amzn2-ami-minimal-hvm-2.0.20260825.0-x86_64-ebs',
  ],
  ['debian/release/11/latest/arm64', 'debian-11-arm64-20260821-2577'],
  ['debian/release/bookworm/latest/amd64', 'debian-12-amd64-20260923-2610'],
  ['debian/release/13/20260712-2537/amd64', 'debian-13-amd64-20260712-2537'],
  [
    'canonical/ubuntu/server/16.04/stable/current/amd64/hvm/ebs-gp2/ami-id',
    'ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20210928',
  ],
  [
    'ami-windows-latest/Windows_Server-2022-English-Core-Base',
    'Windows_Server-2022-English-Core-Base-2026.09.17',
  ],
])('SSM /aws/service/%s is %s', async (parameter, name) => {
  expect(await byParameter(createWorld(), `/aws/service/${parameter}`)).toMatchObject({ Name: name });
});

test('each series has two builds of each architecture, the older one deprecated if AWS deprecates after 90 days', async () => {
  const world = createWorld({ now: () => new Date('2026-12-01T00:00:00Z') });
  const named = { name: 'al2023-ami-2023.*-kernel-6.12-*' };
  const names = (images: Image[]) => images.map(({ Name }) => Name).sort();
  expect(names(await describe(world, amazon, named))).toEqual([
    'al2023-ami-2023.12.20260918.0-kernel-6.12-arm64',
    'al2023-ami-2023.12.20260918.0-kernel-6.12-x86_64',
  ]);
  const all = await describe(world, amazon, named, { IncludeDeprecated: true });
  expect(names(all)).toHaveLength(4);
  expect(all[0]?.DeprecationTime).toBe('2026-11-15T00:42:47.000Z');
});

test('a filter that is too broad selects the minimal image, which AWS builds last', async () => {
  const found = await newest(createWorld(), amazon, { name: 'al2023-ami-*-kernel-6.1-x86_64' });
  expect(found?.Name).toBe('al2023-ami-minimal-2023.12.20260918.0-kernel-6.1-x86_64');
  expect(found?.BlockDeviceMappings).toMatchObject([
    { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 2, VolumeType: 'gp3', Iops: 3000, Throughput: 125 } },
  ]);
});

test('CoreOS has no images, and Flatcar no parameter', async () => {
  const world = createWorld();
  const all = { IncludeDeprecated: true };
  expect(await describe(world, '595879546273', { name: 'CoreOS-stable-*-hvm' }, all)).toEqual([]);
  const Path = '/aws/service/flatcar';
  const { Parameters } = await world.ssm().send(new GetParametersByPathCommand({ Path, Recursive: true }));
  expect(Parameters).toEqual([]);
});

test('the alias amazon includes verified providers, and nobody else', async () => {
  const world = createWorld();
  const owners = async (filters: Record<string, string>) => {
    const images = await describe(world, amazon, filters);
    return [...new Set(images.map(({ OwnerId }) => OwnerId))].sort();
  };
  const verified = ['099720109477', '136693071363', '137112412989', '309956199498', '801119661308'];
  expect(await owners({})).toEqual(verified);
  expect(await owners({ 'owner-alias': 'amazon' })).toEqual(verified);
  expect(await owners({ name: 'Rocky-*' })).toEqual([]);
});

test('ids differ between regions, are the same each time, and are unique', async () => {
  const filters = { name: 'debian-12-amd64-20260923-2610' };
  const idIn = async (region: string) => {
    const images = await describe(createWorld(), '136693071363', filters, {}, region);
    return images.map(({ ImageId }) => ImageId).join();
  };
  const ids = await Promise.all([...regionNames].slice(0, 4).map(idIn));
  expect(new Set(ids).size).toBe(4);
  expect(await idIn('eu-west-1')).toBe(await idIn('eu-west-1'));
  const { Images = [] } = await createWorld()
    .ec2()
    .send(new DescribeImagesCommand({ IncludeDeprecated: true }));
  expect(new Set(Images.map(({ ImageId }) => ImageId)).size).toBe(Images.length);
  expect(new Set(Images.map(({ OwnerId, Name }) => `${OwnerId} ${Name}`)).size).toBe(Images.length);
});

const launch = async (world: World, image: Image | undefined, InstanceType: string) => {
  const ask = new RunInstancesCommand({
    ImageId: image?.ImageId,
    InstanceType: InstanceType as 't3.micro',
    MinCount: 1,
    MaxCount: 1,
  });
  const { Instances = [] } = await world.ec2().send(ask);
  return Instances[0]?.InstanceId ?? '';
};

test('Windows can be launched, with its billing and without SSH; an image of it is Windows, too', async () => {
  const world = createWorld();
  const image = await byParameter(
    world,
    '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base',
  );
  expect(image?.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)).toEqual([
    '/dev/sda1',
    ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `xvdc${letter}`),
  ]);
  const id = await launch(world, image, 't3.large');
  const ask = new DescribeInstancesCommand({ Filters: [{ Name: 'platform', Values: ['windows'] }] });
  const { Reservations = [] } = await world.ec2().send(ask);
  expect(Reservations.flatMap(({ Instances = [] }) => Instances)).toMatchObject([
    { InstanceId: id, Platform: 'windows', PlatformDetails: 'Windows', UsageOperation: 'RunInstances:0002' },
  ]);
  expect(world.machines.get(id)?.publicKeys).toEqual([]);
  const made = await world.ec2().send(new CreateImageCommand({ InstanceId: id, Name: 'mine' }));
  const { Images } = await world.ec2().send(new DescribeImagesCommand({ ImageIds: [made.ImageId ?? ''] }));
  expect(Images).toMatchObject([
    {
      Platform: 'windows' as 'Windows',
      PlatformDetails: 'Windows',
      BootMode: 'uefi',
      UsageOperation: 'RunInstances:0002',
    },
  ]);
  expect(Images?.[0]?.ImageOwnerAlias).toBeUndefined();
});

test('an arm64 image needs an arm64 type', async () => {
  const world = createWorld();
  const image = await newest(world, '075585003325', { name: 'Flatcar-stable-*', ...arm64 });
  expect(await errorOf(launch(world, image, 't3.micro'))).toBe('InvalidParameterValue');
  expect(await launch(world, image, 't4g.micro')).toMatch(/^i-/);
});
