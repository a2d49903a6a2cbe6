import {
  DeleteSnapshotCommand,
  DescribeSnapshotAttributeCommand,
  type Filter,
  ModifySnapshotAttributeCommand,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { generalEntries, type Permission, type PermissionChange, toPermission } from '../model/permission.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { ask, filterValues, inParts, orGone } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';
import { tagFilters, toTags } from './tags.ts';

/** `instances`: snapshots that CreateImage created from these instances, which EC2 names in their descriptions. */
export type SnapshotQuery = { ids: string[] } | { tags: Record<string, string> } | { instances: string[] };

const descriptionStart = (instance: string) => `Created by CreateImage(${instance}) for `;

/** The instance that CreateImage created a snapshot from, by its description; undefined if it names none. */
export const sourceInstance = ({ description }: Snapshot): string | undefined =>
  /^Created by CreateImage\((i-[0-9a-f]+)\) for /.exec(description)?.[1];

/** The AMI that CopyImage created a snapshot for, by its description; undefined if it names none. */
export const copiedFor = ({ description }: Pick<Snapshot, 'description'>): string | undefined =>
  /^Copied for DestinationAmi (ami-[0-9a-f]+) from SourceAmi ami-[0-9a-f]+ /.exec(description)?.[1];

/** Those of these snapshots that this account may use, with any owner. */
export function usableSnapshots(
  clients: Clients,
  region: string,
  ids: readonly string[],
): Promise<Lookup<Set<string>>> {
  return ask('ec2:DescribeSnapshots', region, async () => {
    const found = new Set<string>();
    for (const Values of inParts(ids, filterValues)) {
      const pages = paginateDescribeSnapshots(
        { client: clients.ec2(region), pageSize: 500 },
        { Filters: [{ Name: 'snapshot-id', Values }] },
      );
      for await (const page of everyPage(pages)) {
        for (const { SnapshotId = '' } of page.Snapshots ?? []) found.add(SnapshotId);
      }
    }
    return found;
  });
}

/** Snapshots of this account. */
export function findSnapshots(
  clients: Clients,
  region: string,
  query: SnapshotQuery,
): Promise<Lookup<Snapshot[]>> {
  return ask('ec2:DescribeSnapshots', region, async () => {
    const found: Snapshot[] = [];
    for (const Filters of snapshotFilters(query)) {
      const pages = paginateDescribeSnapshots(
        { client: clients.ec2(region), pageSize: 500 },
        { OwnerIds: ['self'], Filters },
      );
      for await (const page of everyPage(pages)) {
        for (const snapshot of page.Snapshots ?? []) {
          found.push({
            id: snapshot.SnapshotId ?? '',
            state: snapshot.State ?? 'unknown',
            ...(snapshot.StateMessage ? { stateMessage: snapshot.StateMessage } : {}),
            encrypted: snapshot.Encrypted === true,
            ...(snapshot.KmsKeyId ? { kmsKey: snapshot.KmsKeyId } : {}),
            description: snapshot.Description ?? '',
            ...(snapshot.StartTime ? { started: snapshot.StartTime.toISOString() } : {}),
            tags: toTags(snapshot.Tags),
          });
        }
      }
    }
    return found;
  });
}

function snapshotFilters(query: SnapshotQuery): Filter[][] {
  if ('ids' in query)
    return inParts(query.ids, filterValues).map((Values) => [{ Name: 'snapshot-id', Values }]);
  if ('instances' in query) {
    const descriptions = query.instances.map((id) => `${descriptionStart(id)}*`);
    return inParts(descriptions, filterValues).map((Values) => [{ Name: 'description', Values }]);
  }
  return [tagFilters(query.tags)];
}

/** The createVolumePermission of a snapshot; without it an account can launch a shared AMI but not copy it. */
export function createVolumePermission(
  clients: Clients,
  region: string,
  id: string,
): Promise<Lookup<Permission>> {
  return ask('ec2:DescribeSnapshotAttribute', region, async () => {
    const answer = await clients
      .ec2(region)
      .send(new DescribeSnapshotAttributeCommand({ SnapshotId: id, Attribute: 'createVolumePermission' }));
    return toPermission(answer.CreateVolumePermissions ?? []);
  });
}

/** Accounts and groups per request (ModifySnapshotAttribute, Amazon EC2 API Reference). */
const changesAtOnce = 500;

/** In several requests if needed, since one request either adds or removes. Removals come first. */
export function changeCreateVolumePermission(
  clients: Clients,
  region: string,
  id: string,
  { add, remove }: PermissionChange,
): Promise<Lookup<void>> {
  const parts = [
    ...inParts(generalEntries(remove), changesAtOnce).map((Remove) => ({ Remove })),
    ...inParts(generalEntries(add), changesAtOnce).map((Add) => ({ Add })),
  ];
  return ask('ec2:ModifySnapshotAttribute', region, async () => {
    for (const CreateVolumePermission of parts) {
      await clients.ec2(region).send(
        new ModifySnapshotAttributeCommand({
          SnapshotId: id,
          Attribute: 'createVolumePermission',
          CreateVolumePermission,
        }),
      );
    }
  });
}

/** Refused with `InvalidSnapshot.InUse` while an AMI uses it. One that is already gone is not an error. */
export async function deleteSnapshot(clients: Clients, region: string, id: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:DeleteSnapshot', region, () =>
      clients.ec2(region).send(new DeleteSnapshotCommand({ SnapshotId: id })),
    ),
  );
}
