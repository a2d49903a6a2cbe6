import {
  CopyImageCommand,
  EnableImageDeprecationCommand,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** A copy of an AMI in another region, as requested from CopyImage. */
export interface CopyOrder {
  /** Where the copy is made. */
  region: string;
  name: string;
  description?: string;
  source: string;
  sourceRegion: string;
  /** The same request with the same token creates one copy ("Ensuring idempotency", EC2 API). At most 64 characters. */
  token: string;
  imageTags: Readonly<Record<string, string>>;
  snapshotTags: Readonly<Record<string, string>>;
  /** How its snapshots are encrypted: with this key, or with the default EBS key there. */
  encryption?: { kmsKey?: string };
  /** Minutes, for a timed copy. */
  within?: number;
}

/** Starts a copy; EC2 returns its id at once, and takes minutes to hours until it is available. */
export function copyImage(clients: Clients, order: CopyOrder): Promise<Lookup<string>> {
  return ask('ec2:CopyImage', order.region, async () => {
    const { ImageId } = await clients.ec2(order.region).send(
      new CopyImageCommand({
        Name: order.name,
        SourceImageId: order.source,
        SourceRegion: order.sourceRegion,
        ClientToken: order.token,
        TagSpecifications: [
          { ResourceType: 'image', Tags: tagList(order.imageTags) },
          { ResourceType: 'snapshot', Tags: tagList(order.snapshotTags) },
        ],
        ...(order.encryption ? { Encrypted: true } : {}),
        ...definedOnly({
          Description: order.description,
          KmsKeyId: order.encryption?.kmsKey,
          SnapshotCopyCompletionDurationMinutes: order.within,
        }),
      }),
    );
    if (ImageId === undefined) throw new Error('EC2 returned no id of the copy');
    return ImageId;
  });
}

/** In a fixed order, since a request repeated with its token has to be the same. */
const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));

/**
 * This account's snapshots that anyone is copying to a region. Copies have a transfer type (DescribeSnapshots, Amazon EC2 API
 * Reference), or the description that CopyImage or CopySnapshot gives them.
 */
export function findSnapshotCopies(
  clients: Clients,
  region: string,
): Promise<Lookup<{ id: string; for?: string }[]>> {
  return ask('ec2:DescribeSnapshots', region, async () => {
    const found: { id: string; for?: string }[] = [];
    const pages = paginateDescribeSnapshots(
      { client: clients.ec2(region), pageSize: 500 },
      { OwnerIds: ['self'], Filters: [{ Name: 'status', Values: ['pending'] }] },
    );
    for await (const page of everyPage(pages)) {
      for (const { SnapshotId = '', Description = '', TransferType } of page.Snapshots ?? []) {
        const [, image] = /^Copied for DestinationAmi (ami-[0-9a-f]+) /.exec(Description) ?? [];
        if (TransferType === undefined && image === undefined && !/^\[Copied snap-/.test(Description))
          continue;
        found.push({ id: SnapshotId, ...definedOnly({ for: image }) });
      }
    }
    return found;
  });
}

/**
 * Concurrent snapshot copies to one region: "Concurrent snapshot copies per destination Region" (Service Quotas, Amazon EBS).
 * It is not adjustable there, but AWS Support raises it for an account.
 */
export const usualSnapshotCopies = 20;

/** The applied value of that quota; AWS's default if Service Quotas does not return one or may not be asked. */
export async function snapshotCopiesAllowed(clients: Clients, region: string): Promise<number> {
  const applied = await ask('servicequotas:ListServiceQuotas', region, async () => {
    const { paginateListServiceQuotas } = await import('@aws-sdk/client-service-quotas');
    const pages = paginateListServiceQuotas(
      { client: await clients.quotas(region), pageSize: 100 },
      { ServiceCode: 'ebs' },
    );
    for await (const { Quotas = [] } of pages) {
      const quota = Quotas.find(({ QuotaName = '' }) =>
        /^concurrent snapshot copies per destination/i.test(QuotaName),
      );
      if (quota?.Value !== undefined) return quota.Value;
    }
    return usualSnapshotCopies;
  });
  return applied.ok && applied.value >= 1 ? applied.value : usualSnapshotCopies;
}

/** Sets the deprecation date of an AMI; EC2 rounds it to the minute. */
export function deprecateImage(
  clients: Clients,
  region: string,
  id: string,
  at: string,
): Promise<Lookup<void>> {
  return ask('ec2:EnableImageDeprecation', region, async () => {
    await clients
      .ec2(region)
      .send(new EnableImageDeprecationCommand({ ImageId: id, DeprecateAt: new Date(at) }));
  });
}
