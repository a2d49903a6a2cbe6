import { paginateDescribeImages, paginateListImagesInRecycleBin } from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { ec2Quota } from './service-quota.ts';

/** The quota "Public AMIs" (Service Quotas, Amazon EC2). */
export const publicAmisQuota = 'L-0E3CBAB9';

/** How many AMIs of this account are public in a region. Deprecated and disabled ones count: "AMI quotas", Amazon EC2 User Guide. */
export function countPublicImages(clients: Clients, region: string): Promise<Lookup<number>> {
  return ask('ec2:DescribeImages', region, async () => {
    let count = 0;
    const pages = paginateDescribeImages(
      { client: clients.ec2(region), pageSize: 500 },
      {
        Owners: ['self'],
        Filters: [{ Name: 'is-public', Values: ['true'] }],
        IncludeDeprecated: true,
        IncludeDisabled: true,
      },
    );
    for await (const { Images = [] } of pages) count += Images.length;
    return count;
  });
}

/** The number of AMIs in the Recycle Bin. Public ones count towards the quota, but EC2 does not say which are public. */
export function countRecycledImages(clients: Clients, region: string): Promise<Lookup<number>> {
  return ask('ec2:ListImagesInRecycleBin', region, async () => {
    let count = 0;
    const pages = paginateListImagesInRecycleBin({ client: clients.ec2(region), pageSize: 500 }, {});
    for await (const { Images = [] } of pages) count += Images.length;
    return count;
  });
}

/** The quota of public AMIs of this account in a region; AWS's default if it was never raised. */
export const publicImagesAllowed = (clients: Clients, region: string): Promise<Lookup<number>> =>
  ec2Quota(clients, region, publicAmisQuota);
