import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, notFound } from '../model/identifiers.ts';
import { publishedIn } from '../model/published-images.ts';
import type { ImageRecord } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import { isHiddenByAllowed } from './allowed-images.ts';
import { mayUse } from './permissions.ts';
import { standingImages } from './standing-use.ts';

/** Every image of a region, including public and deregistered ones. A declared image overrides a published one with the same id. */
export const allImages = ({ store, region }: Context): ImageRecord[] => {
  const isStored = ({ owner, id }: ImageRecord) => store.of('image', owner, region).get(id) !== undefined;
  return [
    ...publishedIn(region).flatMap(({ image }) => (isStored(image) ? [] : image)),
    ...standingImages({ store, region }).filter((image) => !isStored(image)),
    ...store.everywhere('image', region).map(({ record }) => record),
  ];
};

/** An image by id, with any owner and in any state. */
export const anyImage = (context: Context, id: string): ImageRecord | undefined =>
  context.store.of('image', context.account, context.region).get(id) ??
  allImages(context).find((image) => image.id === id);

const seenImage = (context: Context, id: string): ImageRecord | undefined =>
  context.sees(id) ? anyImage(context, id) : undefined;

/** Whether DescribeImages may show an image to the calling account. */
export const isVisible = (context: Context, image: ImageRecord): boolean => {
  if (image.state === 'deregistered') return false;
  if (image.owner === context.account) return true;
  return (
    mayUse(image, context.account) &&
    imageState(image, context.now) === 'available' &&
    !isHiddenByAllowed(context, image)
  );
};

/**
 * An image of the calling account, for a change. Throws `Unavailable` if it is deregistered, `AuthFailure` for another
 * account's visible image, `NotFound` for an invisible one.
 */
export const ownImage = (context: Context, id: string): ImageRecord => {
  const image = lookUp('ami', id, (wanted) => seenImage(context, wanted));
  if (image.owner !== context.account) {
    throw isVisible(context, image)
      ? new AwsError('AuthFailure', `Not authorized for image:${id}`)
      : notFound('ami', id);
  }
  if (image.state === 'deregistered') throw unavailable(id);
  return image;
};

/** An image that the calling account can launch; throws RunInstances' errors if it cannot. */
export const launchableImage = (context: Context, id: string): ImageRecord => {
  const image = lookUp('ami', id, (wanted) => seenImage(context, wanted));
  if (image.owner !== context.account && !mayUse(image, context.account)) {
    throw new AwsError('AuthFailure', `Not authorized for images: [${id}]`);
  }
  if (imageState(image, context.now) !== 'available') throw unavailable(id);
  if (isHiddenByAllowed(context, image)) throw notFound('ami', id);
  return image;
};

export const putImage = ({ store, region }: Context, image: ImageRecord): void =>
  store.of('image', image.owner, region).put(image.id, image);

export const unavailable = (id: string): AwsError =>
  new AwsError('InvalidAMIID.Unavailable', `The image ID '${id}' is no longer available`);
