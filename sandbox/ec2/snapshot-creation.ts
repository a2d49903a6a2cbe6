import type { CreateSnapshotRequest, Snapshot } from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp } from '../model/identifiers.ts';
import { snapshotState } from '../state/lifecycle.ts';
import { makeSnapshot, snapshotView } from './snapshots.ts';
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
      const underWay = store
        .of('snapshot', account, region)
        .list()
        .filter((one) => one.volume === VolumeId && snapshotState(one, now) === 'pending').length;
      if (underWay >= mostAtOnce) {
        throw new AwsError(
          'ConcurrentSnapshotLimitExceeded',
          `Maximum allowed in-progress snapshots for a single volume exceeded.`,
        );
      }
      const snapshot = makeSnapshot(
        context,
        {
          volume: volume.id,
          size: volume.size,
          description: Description,
          encrypted: volume.encrypted,
          ...(volume.kmsKey === undefined ? {} : { kmsKey: volume.kmsKey }),
        },
        context.durations.image,
      );
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
