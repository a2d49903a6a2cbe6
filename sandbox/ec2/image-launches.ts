import type { Context } from '../calls/operation.ts';
import type { ImageRecord } from '../model/records.ts';
import { putImage } from './image-records.ts';

const hour = 3_600_000;
/** "When the AMI is used to launch an instance, there is a 24-hour delay before that usage is reported" (DescribeImages). */
const delay = 24 * hour;

const isReported = (time: string, now: Date): boolean => now.getTime() - new Date(time).getTime() >= delay;

/** When an image was last launched, as far as its owner can know by now; undefined if no launch is reported yet. */
export const lastLaunched = ({ launches = [] }: ImageRecord, now: Date): string | undefined =>
  launches.findLast((time) => isReported(time, now));

/** Records that instances are started from an image. Not for Canonical's images, since nobody here asks about them. */
export const noteLaunch = (context: Context, { id, owner }: ImageRecord): void => {
  const image = context.store.of('image', owner, context.region).get(id);
  if (!image) return;
  const { launches = [] } = image;
  const reported = lastLaunched(image, context.now);
  const recent = launches.filter((time) => !isReported(time, context.now));
  const latest = recent.at(-1);
  if (latest !== undefined && context.now.getTime() - new Date(latest).getTime() < hour) return;
  putImage(context, {
    ...image,
    launches: [...(reported === undefined ? [] : [reported]), ...recent, context.now.toISOString()],
  });
};
