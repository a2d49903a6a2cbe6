import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord, SnapshotRecord } from '../model/records.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { isAwsManaged } from './encryption.ts';
import { allImages } from './image-records.ts';
import { refusePublicWatermarks } from './image-watermarks.ts';
import type { PermissionChange } from './permissions.ts';
import { anySnapshot } from './snapshots.ts';

const opens = ({ add }: PermissionChange): boolean => add.some(({ group }) => group === 'all');

/**
 * Throws if a snapshot may not be shared with the grantees that a change adds: an encrypted one never publicly, one under AWS's
 * own key with nobody ("Share an Amazon EBS snapshot"), and publicly only if that is not blocked.
 */
export const checkSnapshotSharing = (
  context: Context,
  snapshot: SnapshotRecord,
  change: PermissionChange,
): void => {
  if (change.add.length === 0) return;
  const { encrypted, kmsKey = '' } = snapshot;
  const refuse = (message: string): never => {
    throw new AwsError('OperationNotPermitted', message);
  };
  if (encrypted && isAwsManaged(context, kmsKey)) {
    refuse('Encrypted snapshots with EBS default key cannot be shared');
  }
  if (!opens(change)) return;
  if (encrypted) refuse('Encrypted snapshots cannot be shared publicly');
  if (settingsOf(context).snapshotBlockPublicAccess !== 'unblocked') {
    refuse(
      'You can’t publicly share this snapshot because block public access for snapshots is enabled for this account in this Region. To publicly share the snapshot, you must call the DisableSnapshotBlockPublicAccess API.',
    );
  }
};

/**
 * Throws if an image may not be shared with the grantees that a change adds ("Understand shared AMI usage", "Block public
 * access to your AMIs", and the quota of public AMIs, which also counts deprecated ones).
 */
export const checkImageSharing = (context: Context, image: ImageRecord, change: PermissionChange): void => {
  if (change.add.length === 0) return;
  const { imageBlockPublicAccess, quotas } = settingsOf(context);
  if (opens(change) && imageBlockPublicAccess === 'block-new-sharing') {
    throw new AwsError(
      'OperationNotPermitted',
      'You can’t publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.',
    );
  }
  if (opens(change)) refusePublicWatermarks(image);
  const keys = image.devices.flatMap(({ ebs }) => {
    const snapshot = ebs?.snapshot === undefined ? undefined : anySnapshot(context, ebs.snapshot);
    return snapshot?.encrypted ? [snapshot.kmsKey ?? ''] : [];
  });
  if (opens(change) && keys.length > 0) {
    throw new AwsError(
      'UnsupportedOperation',
      'Encrypted snapshots can’t be shared publicly. Specify another snapshot.',
    );
  }
  if (keys.some((key) => isAwsManaged(context, key))) {
    throw new AwsError(
      'InvalidParameter',
      'Snapshots encrypted with the AWS Managed CMK can’t be shared. Specify another snapshot.',
    );
  }
  if (!opens(change) || image.permissions.everyone) return;
  const count = allImages(context).filter(
    ({ owner, permissions }) => owner === context.account && permissions.everyone,
  ).length;
  if (count >= quotas['L-0E3CBAB9']) {
    throw new AwsError(
      'ResourceLimitExceeded',
      `You have reached your quota of ${quotas['L-0E3CBAB9']} public images in this Region.`,
    );
  }
};
