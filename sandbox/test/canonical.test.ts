import { DescribeImagesCommand, type DescribeImagesCommandInput, type Image } from '@aws-sdk/client-ec2';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const canonical = '099720109477';

async function images(
  world: World,
  more: Partial<DescribeImagesCommandInput> & { pattern: string },
  region = 'us-east-1',
): Promise<Image[]> {
  const { pattern, Filters = [], ...input } = more;
  const { Images = [] } = await world.ec2({ region }).send(
    new DescribeImagesCommand({
      Owners: [canonical],
      ...input,
      Filters: [{ Name: 'name', Values: [pattern] }, ...Filters],
    }),
  );
  return Images.sort((a, b) => (a.Name ?? '').localeCompare(b.Name ?? ''));
}

const names = (found: Image[]) => found.map(({ Name }) => Name);

test('12.04 and 14.04 are shown only if deprecated images are requested, and those that are private now to nobody', async () => {
  const world = createWorld();
  for (const [pattern, newest] of [
    ['*-precise-12.04-*', '20170502'],
    ['*-trusty-14.04-*', '20190514'],
  ] as const) {
    expect(await images(world, { pattern })).toEqual([]);
    const found = await images(world, { pattern, IncludeDeprecated: true });
    const mine = found.filter(({ Name }) => Name?.endsWith(newest));
    expect(names(mine)).toEqual(
      ['ebs-ssd/', 'hvm-instance/', 'hvm-ssd/', ''].map(
        (folder) => `ubuntu/images/${folder}ubuntu-${pattern.slice(2, -2)}-amd64-server-${newest}`,
      ),
    );
    expect(found).toHaveLength(8);
    expect(found.every(({ Public }) => Public)).toBe(true);
  }
});

test('each kind of 14.04 has its own properties; one on instance-store has a manifest and no snapshot', async () => {
  const world = createWorld();
  const found = await images(world, { pattern: '*-trusty-14.04-*-20190514', IncludeDeprecated: true });
  const kinds = found.map(
    ({ VirtualizationType, RootDeviceType, ImageLocation, BlockDeviceMappings = [] }) => [
      VirtualizationType,
      RootDeviceType,
      ImageLocation,
      BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId),
    ],
  );
  const file = 'ubuntu-trusty-14.04-amd64-server-20190514';
  expect(kinds).toEqual([
    ['paravirtual', 'ebs', `amazon/ubuntu/images/ebs-ssd/${file}`, true],
    ['hvm', 'instance-store', `ubuntu-us-east-1/images/hvm-instance/${file}.manifest.xml`, false],
    ['hvm', 'ebs', `amazon/ubuntu/images/hvm-ssd/${file}`, true],
    ['paravirtual', 'instance-store', `ubuntu-us-east-1/images/${file}.manifest.xml`, false],
  ]);
  const chosen = await images(world, {
    pattern: '*-trusty-14.04-*',
    IncludeDeprecated: true,
    Filters: [
      { Name: 'root-device-type', Values: ['instance-store'] },
      { Name: 'virtualization-type', Values: ['paravirtual'] },
      { Name: 'manifest-location', Values: ['ubuntu-us-east-1/*20190514.manifest.xml'] },
    ],
  });
  expect(names(chosen)).toEqual([`ubuntu/images/${file}`]);
});

test('a deprecated image is found by its id, which differs between regions', async () => {
  const world = createWorld();
  const pattern = 'ubuntu/images/hvm-instance/*-14.04-*-20190514';
  const [here] = await images(world, { pattern, IncludeDeprecated: true });
  const [there] = await images(world, { pattern, IncludeDeprecated: true }, 'eu-west-1');
  const ImageIds = [here?.ImageId ?? ''];
  const { Images } = await world.ec2().send(new DescribeImagesCommand({ ImageIds }));
  expect(names(Images ?? [])).toEqual([here?.Name]);
  expect(there?.Name).toBe(here?.Name);
  const lookedUp = world.ec2({ region: 'eu-west-1' }).send(new DescribeImagesCommand({ ImageIds }));
  expect(await errorOf(lookedUp)).toBe('InvalidAMIID.NotFound');
});

test('SSM has 14.04 only with hvm on EBS, and no 12.04', async () => {
  const world = createWorld();
  const parameters = async (version: string) => {
    const Path = `/aws/service/canonical/ubuntu/server/${version}`;
    const answer = await world.ssm().send(new GetParametersByPathCommand({ Path, Recursive: true }));
    return (answer.Parameters ?? []).map(({ Name = '' }) => Name.slice(Path.length)).sort();
  };
  expect(await parameters('12.04')).toEqual([]);
  expect(await parameters('14.04')).toEqual(
    ['20190429', '20190514', 'current'].map((serial) => `/stable/${serial}/amd64/hvm/ebs-gp2/ami-id`),
  );
});
