import type {
  DeregisterImageRequest,
  DeregisterImageResult,
  DescribeImagesRequest,
  DescribeImagesResult,
  DisableImageRequest,
  DisableImageResult,
  EnableImageRequest,
  EnableImageResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUpAll } from '../model/identifiers.ts';
import type { ImageRecord } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import { refuseProtected } from './deregistration-protection.ts';
import { filtered } from './filters.ts';
import { allImages, anyImage, isVisible, ownImage, putImage, unavailable } from './image-records.ts';
import { imageFields, imageView } from './image-view.ts';
import { nobody } from './permissions.ts';
import { imageTagsOf } from './shared-tags.ts';
import { deleteSnapshot, imageOn } from './snapshots.ts';
import { dropTags } from './tag-set.ts';

/** Matches owners as DescribeImages names them: `self`, an account, or an alias. */
const isOwner = (owners: string[] | undefined, image: ImageRecord, account: string): boolean => {
  if (!owners?.length) return true;
  for (const owner of owners) {
    if (!/^(self|amazon|aws-marketplace|aws-backup-vault|\d{12})$/.test(owner)) {
      throw new AwsError('InvalidUserID.Malformed', `Invalid user id: "${owner}"`);
    }
  }
  return owners.some(
    (owner) =>
      owner === image.owner || owner === image.ownerAlias || (owner === 'self' && image.owner === account),
  );
};

/** Whether one of the users in `ExecutableUsers` may launch it: `self`, `all` or an account. */
const isExecutable = (users: string[] | undefined, image: ImageRecord, account: string): boolean => {
  if (!users?.length) return true;
  return users.some((user) => {
    if (user === 'all') return image.permissions.everyone;
    if (user === 'self') return image.permissions.accounts.includes(account);
    return image.owner === account && image.permissions.accounts.includes(user);
  });
};

const isHidden = (context: Context, input: DescribeImagesRequest, image: ImageRecord): boolean => {
  if (image.state === 'disabled' && !input.IncludeDisabled) return true;
  const isDeprecated = image.deprecatedAt !== undefined && new Date(image.deprecatedAt) <= context.now;
  return isDeprecated && image.owner !== context.account && !input.IncludeDeprecated;
};

export const imageOperations: Record<string, Operation> = {
  /** Another account's deprecated image is shown by its id, or on request (DescribeImages, `IncludeDeprecated`). */
  DescribeImages: operation<DescribeImagesRequest, DescribeImagesResult>(
    [
      'ImageIds',
      'Owners',
      'ExecutableUsers',
      'Filters',
      'IncludeDeprecated',
      'IncludeDisabled',
      'MaxResults',
      'NextToken',
    ],
    (context, input) => {
      refuseIdsWithPageSize(input.ImageIds, 'imageIds', input);
      const named = input.ImageIds?.length
        ? lookUpAll('ami', input.ImageIds, (id) => {
            const image = anyImage(context, id);
            return image && isVisible(context, image) && context.sees(id) ? image : undefined;
          })
        : allImages(context).filter((image) => isVisible(context, image) && !isHidden(context, input, image));
      const chosen = named.filter(
        (image) =>
          isOwner(input.Owners, image, context.account) &&
          isExecutable(input.ExecutableUsers, image, context.account),
      );
      const shown = filtered(chosen, input.Filters, imageFields(context), (image) =>
        imageTagsOf(context, image),
      ).filter(({ id }) => context.sees(id));
      const { items, next } = pageOf('DescribeImages', shown, ({ id }) => id, input, { least: 1 });
      return { Images: items.map((image) => imageView(context, image)), NextToken: next };
    },
  ),

  DeregisterImage: operation<DeregisterImageRequest, DeregisterImageResult>(
    ['ImageId', 'DeleteAssociatedSnapshots'],
    (context, { ImageId = '', DeleteAssociatedSnapshots }) => {
      const image = ownImage(context, ImageId);
      refuseProtected(context, image);
      putImage(context, { ...image, state: 'deregistered', permissions: nobody });
      dropTags(context, ImageId);
      if (!DeleteAssociatedSnapshots) return { Return: true };
      const own = context.store.of('snapshot', context.account, context.region);
      const snapshots = image.devices.flatMap(({ ebs }) => ebs?.snapshot ?? []);
      return {
        Return: true,
        DeleteSnapshotResults: snapshots.map((SnapshotId) => {
          if (!own.get(SnapshotId)) return { SnapshotId, ReturnCode: 'skipped' };
          if (imageOn(context, SnapshotId)) return { SnapshotId, ReturnCode: 'skipped' };
          deleteSnapshot(context, SnapshotId);
          return { SnapshotId, ReturnCode: 'success' };
        }),
      };
    },
  ),

  /** Disabling makes an image private; enabling it again does not restore its permissions (DisableImage). */
  DisableImage: operation<DisableImageRequest, DisableImageResult>(
    ['ImageId'],
    (context, { ImageId = '' }) => {
      const image = ownImage(context, ImageId);
      if (!['available', 'disabled'].includes(imageState(image, context.now))) throw unavailable(ImageId);
      putImage(context, { ...image, state: 'disabled', permissions: nobody });
      return { Return: true };
    },
  ),

  EnableImage: operation<EnableImageRequest, EnableImageResult>(['ImageId'], (context, { ImageId = '' }) => {
    const image = ownImage(context, ImageId);
    if (!['available', 'disabled'].includes(imageState(image, context.now))) throw unavailable(ImageId);
    putImage(context, { ...image, state: 'available' });
    return { Return: true };
  }),
};
