import type {
  GetImageAncestryRequest,
  GetImageAncestryResult,
  ImageAncestryEntry,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { lookUp } from '../model/identifiers.ts';
import type { ImageRecord } from '../model/records.ts';
import { anyImage, isVisible } from './image-records.ts';

/** The number of generations shown ("AMI ancestry", EC2 User Guide). */
const mostEntries = 50;

const entryOf = (image: ImageRecord, region: string): ImageAncestryEntry => ({
  CreationDate: new Date(image.createdAt),
  ImageId: image.id,
  ImageOwnerAlias: image.ownerAlias,
  SourceImageId: image.sourceImage,
  SourceImageRegion: image.sourceImage === undefined ? undefined : (image.sourceRegion ?? region),
});

/** An image and its sources, generation by generation, back to the root: an image that names no source. */
const ancestryOf = (context: Context, image: ImageRecord): ImageAncestryEntry[] => {
  const entries: ImageAncestryEntry[] = [];
  let [current, region]: [ImageRecord | undefined, string] = [image, context.region];
  while (current && entries.length < mostEntries) {
    const entry = entryOf(current, region);
    entries.push(entry);
    region = entry.SourceImageRegion ?? region;
    current =
      entry.SourceImageId === undefined ? undefined : anyImage({ ...context, region }, entry.SourceImageId);
  }
  return entries;
};

export const imageAncestryOperations: Record<string, Operation> = {
  /**
   * For an image that the calling account may use. Generations that were deregistered, or that it may not use, are still
   * listed. Registered images have no source ("AMI ancestry").
   */
  GetImageAncestry: operation<GetImageAncestryRequest, GetImageAncestryResult>(
    ['ImageId'],
    (context, { ImageId = '' }) => {
      const image = lookUp('ami', ImageId, (id) => {
        const found = context.sees(id) ? anyImage(context, id) : undefined;
        return found && isVisible(context, found) ? found : undefined;
      });
      return { ImageAncestryEntries: ancestryOf(context, image) };
    },
  ),
};
