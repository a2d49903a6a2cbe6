import type { CreateSnapshotRequest, Snapshot } from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, newId } from '../model/identifiers.ts';
import type { SnapshotRecord } from '../model/records.ts';
import { pendingFor, snapshotState } from '../state/lifecycle.ts';
import { nobody } from './permissions.ts';
import { snapshotView } from './snapshots.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

/** Per volume ("Amazon EBS quotas": concurrent snapshots per volume). */
const mostAtOnce = 5;

export const snapshotCreationOperations: Record<string, Operation> = {
  /** Pending in the answer, as on AWS; completed after `durations.image`. */
  CreateSnapshot: operation<CreateSnapshotRequest, Snapshot>(
    ['VolumeId', 'Description', 'TagSpecifications'],
    (context, { VolumeId = '', Description = '', TagSpecifications }) => {
      const { store, account, region, now } = context;
      const volume = lookUp('vol', VolumeId, (id) =>
        context.sees(id) ? store.of('volume', account, region).get(id) : undefined,
      );
      const tags = readTagSpecifications(TagSpecifications, ['snapshot']);
      const snapshots = store.of('snapshot', account, region);
      const underWay = snapshots
        .list()
        .filter((one) => one.volume === VolumeId && snapshotState(one, now) === 'pending').length;
      if (underWay >= mostAtOnce) {
        throw new AwsError(
          'ConcurrentSnapshotLimitExceeded',
          `Maximum allowed in-progress snapshots for a single volume exceeded.`,
        );
      }
      const snapshot: SnapshotRecord = {
        id: newId('snap'),
        owner: account,
        volume: volume.id,
        size: volume.size,
        description: Description,
        startedAt: now.toISOString(),
        encrypted: volume.encrypted,
        ...(volume.kmsKey === undefined ? {} : { kmsKey: volume.kmsKey }),
        permissions: nobody,
        ...pendingFor(context, context.durations.image),
      };
      snapshots.put(snapshot.id, snapshot);
      addTags(context, snapshot.id, tags.snapshot);
      return {
        ...snapshotView(context, snapshot),
        State: 'pending',
        Progress: '',
        CompletionTime: undefined,
      };
    },
  ),
};
