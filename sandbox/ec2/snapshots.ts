import type {
  DeleteSnapshotRequest,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  Snapshot,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, lookUpAll, newId, notFound } from '../model/identifiers.ts';
import { publishedIn } from '../model/published-images.ts';
import type { SnapshotRecord } from '../model/records.ts';
import { pendingFor, snapshotState } from '../state/lifecycle.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { mayUse, nobody } from './permissions.ts';
import { dropTags, tagListOf, tagsOf } from './tag-set.ts';

const allSnapshots = ({ store, region }: Context): SnapshotRecord[] => [
  ...publishedIn(region).flatMap(({ snapshot }) =>
    snapshot && store.of('snapshot', snapshot.owner, region).get(snapshot.id) === undefined ? snapshot : [],
  ),
  ...store.everywhere('snapshot', region).map(({ record }) => record),
];

/** A snapshot by id, with any owner. */
export const anySnapshot = (context: Context, id: string): SnapshotRecord | undefined =>
  context.store.of('snapshot', context.account, context.region).get(id) ??
  allSnapshots(context).find((snapshot) => snapshot.id === id);

/** A public snapshot cannot be used while its owner blocks all sharing ("Block public access for Amazon EBS snapshots"). */
const mayUseSnapshot = ({ store, account, region }: Context, snapshot: SnapshotRecord): boolean => {
  const { owner, permissions } = snapshot;
  if (!permissions.everyone) return mayUse(snapshot, account);
  const { snapshotBlockPublicAccess } = settingsOf({ store, account: owner, region });
  const everyone = snapshotBlockPublicAccess !== 'block-all-sharing';
  return mayUse({ owner, permissions: { ...permissions, everyone } }, account);
};

/** A snapshot that the calling account owns or may create volumes from. */
export const visibleSnapshot = (context: Context, id: string): SnapshotRecord | undefined => {
  const snapshot = anySnapshot(context, id);
  return snapshot && mayUseSnapshot(context, snapshot) && context.sees(id) ? snapshot : undefined;
};

/** A snapshot of the calling account, for a change. Throws `NotFound`, or `AuthFailure` for another account's. */
export const ownSnapshot = (context: Context, id: string): SnapshotRecord => {
  const snapshot = lookUp('snap', id, (wanted) => visibleSnapshot(context, wanted));
  if (snapshot.owner === context.account) return snapshot;
  throw new AwsError('AuthFailure', `Not authorized for snapshot: ${id}`);
};

/** The owner's image that uses a snapshot, including disabled images; undefined if none does. */
export const imageOn = ({ store, account, region }: Context, snapshot: string): string | undefined =>
  store
    .of('image', account, region)
    .list()
    .find(
      ({ state, devices }) =>
        state !== 'deregistered' && devices.some(({ ebs }) => ebs?.snapshot === snapshot),
    )?.id;

/** What EC2 shows as the volume of a snapshot that was not made from one. */
const noVolume = 'vol-ffffffff';

/** Makes a private snapshot of the caller's, which is pending for so many seconds. */
export const makeSnapshot = (
  context: Context,
  made: Omit<SnapshotRecord, 'id' | 'owner' | 'volume' | 'startedAt' | 'permissions' | 'pendingUntil'> & {
    volume?: string;
  },
  seconds: number,
): SnapshotRecord => {
  const { store, account, region, now } = context;
  const snapshot: SnapshotRecord = {
    volume: noVolume,
    ...made,
    id: newId('snap'),
    owner: account,
    startedAt: now.toISOString(),
    permissions: nobody,
    ...pendingFor(context, seconds),
  };
  store.of('snapshot', account, region).put(snapshot.id, snapshot);
  return snapshot;
};

export const deleteSnapshot = (context: Context, id: string): void => {
  context.store.of('snapshot', context.account, context.region).delete(id);
  dropTags(context, id);
};

const fields = ({ now }: Context): Fields<SnapshotRecord> => ({
  'snapshot-id': ({ id }) => id,
  'owner-id': ({ owner }) => owner,
  'volume-id': ({ volume }) => volume,
  'volume-size': ({ size }) => String(size),
  description: ({ description }) => description,
  'start-time': ({ startedAt }) => startedAt,
  status: (snapshot) => snapshotState(snapshot, now),
  progress: (snapshot) => progressOf(snapshot, now),
  encrypted: ({ encrypted }) => String(encrypted),
  'storage-tier': () => 'standard',
  'transfer-type': (snapshot) => transferOf(snapshot).TransferType,
  ...matchNothing('owner-alias'),
});

/** Only for snapshot copies (Snapshot, Amazon EC2 API Reference). */
const transferOf = ({
  isCopy,
  completionMinutes,
}: SnapshotRecord): Pick<Snapshot, 'TransferType' | 'CompletionDurationMinutes'> => {
  if (!isCopy) return {};
  if (completionMinutes === undefined) return { TransferType: 'standard' };
  return { TransferType: 'time-based', CompletionDurationMinutes: completionMinutes };
};

const progressOf = (snapshot: SnapshotRecord, now: Date): string =>
  snapshotState(snapshot, now) === 'pending' ? '0%' : '100%';

const completionOf = (snapshot: SnapshotRecord, now: Date): Date | undefined =>
  snapshotState(snapshot, now) === 'completed'
    ? new Date(snapshot.pendingUntil ?? snapshot.startedAt)
    : undefined;

/** Whether an owner in DescribeSnapshots' spelling is this one. */
const isOwner = (owners: string[] | undefined, owner: string, account: string): boolean =>
  !owners?.length || owners.some((one) => one === owner || (one === 'self' && owner === account));

/** Whether anyone in `RestorableByUserIds` may use it: `self`, `all` or an account. */
const isRestorable = (users: string[] | undefined, snapshot: SnapshotRecord, account: string): boolean =>
  !users?.length ||
  users.some((user) => {
    if (user === 'all') return snapshot.permissions.everyone;
    const one = user === 'self' ? account : user;
    return snapshot.owner === one || snapshot.permissions.accounts.includes(one);
  });

/** A snapshot as DescribeSnapshots shows it to the calling account. */
export const snapshotView = (context: Context, snapshot: SnapshotRecord): Snapshot => ({
  SnapshotId: snapshot.id,
  OwnerId: snapshot.owner,
  VolumeId: snapshot.volume,
  VolumeSize: snapshot.size,
  Description: snapshot.description,
  StartTime: new Date(snapshot.startedAt),
  CompletionTime: completionOf(snapshot, context.now),
  State: snapshotState(snapshot, context.now),
  StateMessage: snapshotState(snapshot, context.now) === 'error' ? snapshot.failure : undefined,
  Progress: progressOf(snapshot, context.now),
  StorageTier: 'standard',
  ...transferOf(snapshot),
  Encrypted: snapshot.encrypted,
  KmsKeyId: snapshot.kmsKey,
  Tags: tagListOf(context, snapshot.id),
});

export const snapshotOperations: Record<string, Operation> = {
  DescribeSnapshots: operation<DescribeSnapshotsRequest, DescribeSnapshotsResult>(
    ['SnapshotIds', 'OwnerIds', 'RestorableByUserIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.SnapshotIds, 'snapshotIds', input);
      const visible = allSnapshots(context).filter((snapshot) => mayUseSnapshot(context, snapshot));
      const named = input.SnapshotIds?.length
        ? lookUpAll('snap', input.SnapshotIds, (id) =>
            visible.find((snapshot) => snapshot.id === id && context.sees(id)),
          )
        : visible;
      const chosen = named.filter(
        (snapshot) =>
          isOwner(input.OwnerIds, snapshot.owner, context.account) &&
          isRestorable(input.RestorableByUserIds, snapshot, context.account),
      );
      const shown = filtered(chosen, input.Filters, fields(context), ({ id }) => tagsOf(context, id)).filter(
        ({ id }) => context.sees(id),
      );
      const { items, next } = pageOf('DescribeSnapshots', shown, ({ id }) => id, input);
      return {
        Snapshots: items.map((snapshot) => snapshotView(context, snapshot)),
        NextToken: next,
      };
    },
  ),

  DeleteSnapshot: operation<DeleteSnapshotRequest, object>(['SnapshotId'], (context, { SnapshotId = '' }) => {
    const snapshot = lookUp('snap', SnapshotId, (id) => visibleSnapshot(context, id));
    if (snapshot.owner !== context.account) throw notFound('snap', SnapshotId);
    const image = imageOn(context, SnapshotId);
    if (image) {
      throw new AwsError(
        'InvalidSnapshot.InUse',
        `The snapshot ${SnapshotId} is currently in use by ${image}`,
      );
    }
    deleteSnapshot(context, SnapshotId);
    return {};
  }),
};
