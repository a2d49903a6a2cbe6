import type {
  CopyImageRequest,
  CopyImageResult,
  CopySnapshotRequest,
  CopySnapshotResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUp, newId, notFound } from '../model/identifiers.ts';
import type { BlockDevice, ImageRecord, Reason, SnapshotRecord } from '../model/records.ts';
import { regionNames } from '../model/regions.ts';
import { imageState, pendingFor, snapshotState } from '../state/lifecycle.ts';
import { isOn } from '../state/stored-settings.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { type Encryption, encryptionOf, keyExists, keyNotAccessible, mayRead } from './encryption.ts';
import { checkImageDescription, checkImageName } from './image-names.ts';
import { anyImage, isVisible, launchableImage, putImage, unavailable } from './image-records.ts';
import { nobody } from './permissions.ts';
import { imageTagsOf } from './shared-tags.ts';
import { makeSnapshot, visibleSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications, tagListOf } from './tag-set.ts';

/** Concurrent snapshot copies into one region ("Amazon EBS quotas": not adjustable). */
const copiesAtOnce = 20;

/** The same account in another region. */
const inRegion = (context: Context, region: string): Context => {
  if (!regionNames.has(region)) {
    throw new AwsError('InvalidParameterValue', `Value (${region}) for parameter sourceRegion is invalid.`);
  }
  if (!isOn(context.store, context.account, region)) {
    throw new AwsError('AuthFailure', `This account has not opted in to ${region}.`);
  }
  return { ...context, region };
};

const refuseBeyondLimit = (context: Context, more: number): void => {
  const underWay = context.store
    .of('snapshot', context.account, context.region)
    .list()
    .filter((snapshot) => snapshot.isCopy && snapshotState(snapshot, context.now) === 'pending').length;
  if (underWay + more > copiesAtOnce) {
    throw new AwsError(
      'ResourceLimitExceeded',
      `Too many snapshot copies in progress. The limit is ${copiesAtOnce} for this destination region.`,
    );
  }
};

/**
 * A copy's encryption, and whether it will fail because of a missing key, which EC2 only finds out later (CopyImage,
 * `KmsKeyId`).
 */
const copyEncryption = (
  context: Context,
  asked: { Encrypted?: boolean | undefined; KmsKeyId?: string | undefined },
  source: Encryption,
): { encryption: Encryption; hasKey: boolean } => {
  const encryption = encryptionOf(context, asked, source, { inherits: false });
  const { kmsKey } = encryption;
  return {
    encryption,
    hasKey: mayRead(context, source) && (kmsKey === undefined || keyExists(context, kmsKey)),
  };
};

const putCopy = (
  context: Context,
  source: SnapshotRecord,
  description: string,
  { encryption, hasKey }: ReturnType<typeof copyEncryption>,
  within?: number,
): string =>
  makeSnapshot(
    context,
    {
      size: source.size,
      description,
      ...encryption,
      isCopy: true,
      ...(within === undefined ? {} : { completionMinutes: within }),
      ...(hasKey ? {} : { failure: keyNotAccessible }),
    },
    context.durations.copy,
  ).id;

/** The image's snapshots. The calling account has to own each of them or be allowed to use it ("Copy an AMI"). */
const storageOf = (from: Context, image: ImageRecord): Map<string, SnapshotRecord> => {
  const ids = image.devices.flatMap(({ ebs }) => ebs?.snapshot ?? []);
  return new Map(
    ids.map((id) => {
      const snapshot = visibleSnapshot(from, id);
      if (!snapshot) {
        throw new AwsError('InvalidRequest', 'You do not have permission to access the storage of this ami');
      }
      return [id, snapshot];
    }),
  );
};

const copyImage = (context: Context, input: CopyImageRequest): string => {
  const { Name = '', Description, SourceImageId = '', SourceRegion = '' } = input;
  checkImageName(Name);
  const from = inRegion(context, SourceRegion);
  const source = sourceImage(from, SourceImageId);
  if (source.rootDeviceType === 'instance-store') {
    throw notImplemented('ec2:CopyImage of an image with its root on instance-store');
  }
  const description = Description ?? source.description;
  checkImageDescription(description);
  const tags = readTagSpecifications(input.TagSpecifications, ['image', 'snapshot']);
  const storage = storageOf(from, source);
  refuseBeyondLimit(context, storage.size);

  const within = timeOf(input.SnapshotCopyCompletionDurationMinutes);

  const id = newId('ami');
  const copies = [...storage].map(([original, snapshot]) => {
    const encryption = copyEncryption(context, input, snapshot);
    const said = `Copied for DestinationAmi ${id} from SourceAmi ${SourceImageId} for SourceSnapshot ${original}. Task created on ${context.now.getTime()}.`;
    return { original, copy: putCopy(context, snapshot, said, encryption, within), ...encryption };
  });
  const hasKeys = copies.every(({ hasKey }) => hasKey);
  const isWhole = hasKeys && !context.becomesFailed;
  const devices = source.devices.map((device): BlockDevice => {
    const made = copies.find(({ original }) => original === device.ebs?.snapshot);
    if (!device.ebs || !made) return device;
    return { ...device, ebs: { ...device.ebs, snapshot: made.copy, encrypted: made.encryption.encrypted } };
  });
  const {
    deprecatedAt,
    protection,
    pendingUntil,
    stateReason,
    sourceInstance,
    ownerAlias,
    launches,
    scan,
    ...kept
  } = source;
  putImage(context, {
    ...kept,
    id,
    owner: context.account,
    name: Name,
    description,
    location: `${context.account}/${Name}`,
    createdAt: context.now.toISOString(),
    state: isWhole ? 'available' : 'failed',
    ...(isWhole
      ? {}
      : {
          stateReason: hasKeys
            ? internalError(context)
            : { code: 'Client.InvalidKmsKey', message: keyNotAccessible },
        }),
    sourceImage: SourceImageId,
    sourceRegion: SourceRegion,
    devices,
    permissions: nobody,
    ...pendingFor(context, context.durations.copy),
  });
  addTags(context, id, { ...(input.CopyImageTags ? imageTagsOf(from, source) : {}), ...tags.image });
  for (const { copy } of copies) addTags(context, copy, tags.snapshot);
  return id;
};

const internalError = ({ becomesFailed }: Context): Reason => ({
  code: 'Server.InternalError',
  message: becomesFailed?.reason ?? 'Internal error on image copy',
});

/**
 * The time of a timed copy ("Time-based copies for Amazon EBS snapshots and EBS-backed AMIs"). Here it does not affect how long
 * the copy takes, and the throughput quota of such copies is not enforced.
 */
const timeOf = (minutes: number | undefined): number | undefined => {
  if (minutes === undefined || (minutes % 15 === 0 && minutes >= 15 && minutes <= 48 * 60)) return minutes;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${minutes}) for parameter SnapshotCopyCompletionDurationMinutes is invalid. It is a multiple of 15 from 15 to 2880.`,
  );
};

/** An image that the calling account may launch and therefore read; its storage is checked separately. */
const sourceImage = (from: Context, id: string): ImageRecord => {
  const image = lookUp('ami', id, (wanted) => anyImage(from, wanted));
  if (!isVisible(from, image)) {
    throw image.owner === from.account ? unavailable(id) : notFound('ami', id);
  }
  if (imageState(image, from.now) !== 'available') throw unavailable(id);
  return launchableImage(from, id);
};

export const copyOperations: Record<string, Operation> = {
  /**
   * Copies into the region of the request. Two images with the same name are no error here, unlike in CreateImage. Launch
   * permissions, deprecation, protection and, unless requested, tags are not copied; of other accounts' tags only shared ones
   * ever are (CopyImage, `CopyImageTags`).
   */
  CopyImage: operation<CopyImageRequest, CopyImageResult>(
    [
      'Name',
      'Description',
      'SourceImageId',
      'SourceRegion',
      'Encrypted',
      'KmsKeyId',
      'CopyImageTags',
      'TagSpecifications',
      'ClientToken',
      'SnapshotCopyCompletionDurationMinutes',
    ],
    (context, input) => {
      const [before] = madeWith(context, 'CopyImage', input) ?? [];
      if (before !== undefined) return { ImageId: before };
      const id = copyImage(context, input);
      rememberToken(context, 'CopyImage', input, [id]);
      return { ImageId: id };
    },
  ),

  /** SDKs also send `PresignedUrl` and `DestinationRegion`, which repeat the caller and the region; they are ignored. */
  CopySnapshot: operation<CopySnapshotRequest, CopySnapshotResult>(
    [
      'Description',
      'SourceSnapshotId',
      'SourceRegion',
      'Encrypted',
      'KmsKeyId',
      'TagSpecifications',
      'PresignedUrl',
      'DestinationRegion',
    ],
    (context, input) => {
      const { Description = '', SourceSnapshotId = '', SourceRegion = '', DestinationRegion } = input;
      if (DestinationRegion !== undefined && DestinationRegion !== context.region) {
        throw notImplemented('ec2:CopySnapshot into another region than the one that is asked');
      }
      if (input.Encrypted === false) {
        throw new AwsError('InvalidParameterValue', 'Value (false) for parameter encrypted is invalid.');
      }
      const from = inRegion(context, SourceRegion);
      const source = lookUp('snap', SourceSnapshotId, (id) => visibleSnapshot(from, id));
      const state = snapshotState(source, context.now);
      if (state !== 'completed') {
        throw new AwsError('IncorrectState', `The snapshot ${SourceSnapshotId} is ${state}, not completed.`);
      }
      const tags = readTagSpecifications(input.TagSpecifications, ['snapshot']);
      refuseBeyondLimit(context, 1);
      const said = Description || `[Copied ${SourceSnapshotId} from ${SourceRegion}]`;
      const id = putCopy(context, source, said, copyEncryption(context, input, source));
      addTags(context, id, tags.snapshot);
      return { SnapshotId: id, Tags: tagListOf(context, id) };
    },
  ),
};
