import type { CreateRestoreImageTaskRequest, CreateRestoreImageTaskResult } from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { newId } from '../model/identifiers.ts';
import type { BlockDevice, StoredImage } from '../model/records.ts';
import { currentObject } from '../s3/objects.ts';
import { pendingFor, snapshotState } from '../state/lifecycle.ts';
import { type Encryption, encryptionOf, keyExists, keyNotAccessible } from './encryption.ts';
import { checkNewImageName } from './image-names.ts';
import { putImage } from './image-records.ts';
import { nobody } from './permissions.ts';
import { makeSnapshot } from './snapshots.ts';
import { bucketFor, readStored, refuseAbove, refused } from './stored-images.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

/** GB; "Limitations" of "Store and restore an AMI using S3", EC2 User Guide. */
const mostInProgress = 600;

const refuseBeyondQuota = (context: Context): void => {
  const inProgress = context.store
    .of('snapshot', context.account, context.region)
    .list()
    .filter((snapshot) => snapshot.isRestored && snapshotState(snapshot, context.now) === 'pending')
    .reduce((sum, { size }) => sum + size, 0);
  refuseAbove(mostInProgress, inProgress, 'restored');
};

/** "If the task fails, the AMI and snapshots are moved to a failed state" ("How AMI store and restore works"). */
const failureOf = (context: Context, { kmsKey }: Encryption): string | undefined => {
  if (context.becomesFailed) return context.becomesFailed.reason ?? 'Internal error on image restoration';
  return kmsKey === undefined || keyExists(context, kmsKey) ? undefined : keyNotAccessible;
};

/**
 * Stored snapshots are unencrypted; restored ones are encrypted if the account encrypts by default ("Securing your AMIs"). A
 * request's tags override stored ones.
 */
const restore = (context: Context, stored: StoredImage, input: CreateRestoreImageTaskRequest): string => {
  const name = input.Name ?? stored.image.name;
  checkNewImageName(context, name);
  const tags = readTagSpecifications(input.TagSpecifications, ['image', 'snapshot']);
  refuseBeyondQuota(context);
  const id = newId('ami');
  const encryption = encryptionOf(context, {}, { encrypted: false }, { inherits: false });
  const failure = failureOf(context, encryption);
  const devices = stored.image.devices.map((device): BlockDevice => {
    const original = device.ebs?.snapshot;
    const its = original === undefined ? undefined : stored.snapshots[original];
    if (!device.ebs || original === undefined || !its) return device;
    const { id: snapshot } = makeSnapshot(
      context,
      {
        size: its.size,
        description: `Restored for ${id} from ${original}`,
        ...encryption,
        isRestored: true,
        ...(failure === undefined ? {} : { failure }),
      },
      context.durations.copy,
    );
    addTags(context, snapshot, { ...its.tags, ...tags.snapshot });
    return { ...device, ebs: { ...device.ebs, snapshot, encrypted: encryption.encrypted } };
  });
  putImage(context, {
    ...stored.image,
    id,
    owner: context.account,
    name,
    location: `${context.account}/${name}`,
    createdAt: context.now.toISOString(),
    state: failure === undefined ? 'available' : 'failed',
    ...(failure === undefined ? {} : { stateReason: { code: 'Server.InternalError', message: failure } }),
    sourceImage: stored.image.id,
    sourceRegion: stored.region,
    devices,
    permissions: nobody,
    ...pendingFor(context, context.durations.copy),
  });
  addTags(context, id, { ...stored.tags, ...tags.image });
  return id;
};

export const imageRestoreOperations: Record<string, Operation> = {
  /** From an object that CreateStoreImageTask created, or a copy of one, stored in any region. */
  CreateRestoreImageTask: operation<CreateRestoreImageTaskRequest, CreateRestoreImageTaskResult>(
    ['Bucket', 'ObjectKey', 'Name', 'TagSpecifications'],
    (context, input) => {
      const { Bucket = '', ObjectKey = '' } = input;
      const object = currentObject(context, bucketFor(context, Bucket), ObjectKey);
      if (!object) throw refused(`The bucket ${Bucket} has no ${ObjectKey}.`);
      return { ImageId: restore(context, readStored(context, ObjectKey, object), input) };
    },
  ),
};
