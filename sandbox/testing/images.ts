import {
  CreateImageCommand,
  DescribeImagesCommand,
  type Image,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { World } from './world.ts';

/** The id of Canonical's newest image of a release in us-east-1. */
export const canonicalImage = async (
  world: World,
  { release = '22.04', architecture = 'amd64' } = {},
): Promise<string> => {
  const { Images = [] } = await world.ec2().send(
    new DescribeImagesCommand({
      Owners: ['099720109477'],
      Filters: [{ Name: 'name', Values: [`ubuntu/images/*-${release}-${architecture}-server-*`] }],
    }),
  );
  const newest = Images.toSorted((a, b) => ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? 1 : -1))[0];
  if (!newest?.ImageId) throw new Error(`No image of Ubuntu ${release}`);
  return newest.ImageId;
};

/** An instance of an image; of Canonical's newest by default. */
export const launch = async (world: World, image?: string): Promise<string> => {
  const { Instances } = await world.ec2().send(
    new RunInstancesCommand({
      ImageId: image ?? (await canonicalImage(world)),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  return Instances?.[0]?.InstanceId ?? '';
};

/** An image of the default account in us-east-1, created from a new instance. */
export const makeImage = async (
  world: World,
  name: string,
  instance?: string,
): Promise<{ id: string; snapshot: string }> => {
  const InstanceId = instance ?? (await launch(world));
  const { ImageId: id = '' } = await world.ec2().send(new CreateImageCommand({ InstanceId, Name: name }));
  const image = await describe(world, id);
  return { id, snapshot: image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '' };
};

export const describe = async (world: World, id: string): Promise<Image> => {
  const { Images } = await world.ec2().send(new DescribeImagesCommand({ ImageIds: [id] }));
  if (!Images?.[0]) throw new Error(`DescribeImages showed no ${id}`);
  return Images[0];
};
