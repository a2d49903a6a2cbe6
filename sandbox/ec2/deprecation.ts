import type {
  DisableImageDeprecationRequest,
  DisableImageDeprecationResult,
  EnableImageDeprecationRequest,
  EnableImageDeprecationResult,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { ownImage, putImage } from './image-records.ts';

const yearsAfter = (time: string | Date, years: number): Date => {
  const later = new Date(time);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
};

/** A public image is deprecated two years after its creation at the latest; AWS sets that date itself (EnableImageDeprecation). */
export const publicLimit = ({ createdAt }: ImageRecord): Date => yearsAfter(createdAt, 2);

/** An image once it is public, deprecated no later than AWS allows for a public image. */
export const withPublicDeprecation = (image: ImageRecord): ImageRecord => {
  const limit = publicLimit(image);
  const isEarlier = image.deprecatedAt !== undefined && new Date(image.deprecatedAt) <= limit;
  return isEarlier ? image : { ...image, deprecatedAt: limit.toISOString() };
};

/** Rounds to the nearest minute, as EC2 does. */
const toMinute = (time: Date): Date => new Date(Math.round(time.getTime() / 60_000) * 60_000);

const invalid = (at: Date, rule: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${at.toISOString()}) for parameter DeprecateAt is invalid. ${rule}`,
  );

export const deprecationOperations: Record<string, Operation> = {
  EnableImageDeprecation: operation<EnableImageDeprecationRequest, EnableImageDeprecationResult>(
    ['ImageId', 'DeprecateAt'],
    (context, { ImageId = '', DeprecateAt = context.now }) => {
      const image = ownImage(context, ImageId);
      const at = toMinute(DeprecateAt);
      if (at < toMinute(context.now)) throw invalid(at, 'The date is in the past.');
      if (at > yearsAfter(context.now, 10)) throw invalid(at, 'The date is more than 10 years from now.');
      if (image.permissions.everyone && at > publicLimit(image)) {
        throw invalid(at, 'A public image can be deprecated 2 years after its creation at the latest.');
      }
      putImage(context, { ...image, deprecatedAt: at.toISOString() });
      return { Return: true };
    },
  ),

  DisableImageDeprecation: operation<DisableImageDeprecationRequest, DisableImageDeprecationResult>(
    ['ImageId'],
    (context, { ImageId = '' }) => {
      const { deprecatedAt: _, ...image } = ownImage(context, ImageId);
      putImage(context, image.permissions.everyone ? withPublicDeprecation(image) : image);
      return { Return: true };
    },
  ),
};
