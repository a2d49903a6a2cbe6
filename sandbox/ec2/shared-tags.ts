import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { tagsOf } from './tag-set.ts';

/** The prefix of tag keys that an AMI's owner shows to all accounts that may use the AMI ("Tag your AMIs", `Tags` of CopyImage). */
const prefix = 'ec2:SharedTag/';

/** An image's tags as the calling account sees them: its own tags, and for another account's image those that the owner shares. */
export const imageTagsOf = (context: Context, { id, owner }: ImageRecord): Record<string, string> => {
  const own = tagsOf(context, id);
  if (owner === context.account) return own;
  const shared = Object.entries(tagsOf({ ...context, account: owner }, id)).filter(([key]) =>
    key.startsWith(prefix),
  );
  return { ...own, ...Object.fromEntries(shared) };
};

/** Throws if an account sets such a tag on an image that it does not own: they are read-only (no page names the error's code). */
export const refuseForeignSharedTags = (
  context: Context,
  image: ImageRecord | undefined,
  tags: Record<string, string>,
): void => {
  if (!image || image.owner === context.account) return;
  const key = Object.keys(tags).find((one) => one.startsWith(prefix));
  if (key === undefined) return;
  throw new AwsError(
    'AuthFailure',
    `Not authorized for image:${image.id}: only its owner sets the tag ${key}.`,
  );
};
