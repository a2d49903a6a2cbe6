import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import type { World } from '../../testing/world.ts';

/** Canonical's newest Ubuntu 14.04 with its root on instance-store, in a region. */
export const instanceStoreBase = async (
  world: Pick<World, 'ec2'>,
  virtualization: 'hvm' | 'paravirtual',
  region = 'us-east-1',
): Promise<string> => {
  const { Images = [] } = await world.ec2({ region }).send(
    new DescribeImagesCommand({
      Owners: ['099720109477'],
      IncludeDeprecated: true,
      Filters: [
        { Name: 'name', Values: ['ubuntu/images/*ubuntu-trusty-14.04-amd64-server-*'] },
        { Name: 'root-device-type', Values: ['instance-store'] },
        { Name: 'virtualization-type', Values: [virtualization] },
      ],
    }),
  );
  const newest = Images.toSorted((a, b) => ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? 1 : -1))[0];
  if (!newest?.ImageId) throw new Error(`No Ubuntu 14.04 ${virtualization} on instance-store in ${region}`);
  return newest.ImageId;
};
