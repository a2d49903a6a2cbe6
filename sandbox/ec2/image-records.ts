import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, notFound } from '../model/identifiers.ts';
import { publishedIn } from '../model/published-images.ts';
import type { ImageRecord } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import { isHiddenByAllowed } from './allowed-images.ts';
import { mayUse } from './permissions.ts';
import { standingImages } from './standing-use.ts';

/** Every image of a region, public and deregistered ones included. What is declared comes before what is published under its id. */
export const allImages = ({ store, region }: Context): ImageRecord[] => {
  const isStored = ({ owner, id }: ImageRecord) => store.of('image', owner, region).get(id) !== undefined;
  return [
    ...publishedIn(region).flatMap(({ image }) => (isStored(image) ? [] : image)),
    ...standingImages({ store, region }).filter((image) => !isStored(image)),
    ...store.everywhere('image', region).map(({ record }) => record),
  ];
};

/** An image by id, whoever owns it and whatever became of it. */
export const anyImage = (context: Context, id: string): ImageRecord | undefined =>
  context.store.of('image', context.account, context.region).get(id) ??
  allImages(context).find((image) => image.id === id);

const seenImage = (context: Context, id: string): ImageRecord | undefined =>
  context.sees(id) ? anyImage(context, id) : undefined;

/** Whether DescribeImages may speak of an image to the asking account. */
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
 * An image of the asking account, to be changed. Throws `Unavailable` for one that was deregistered, `AuthFailure` for
 * somebody else's that can be seen, `NotFound` for one that cannot.
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

/** An image that the asking account can start an instance from; RunInstances' errors where it cannot. */
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
