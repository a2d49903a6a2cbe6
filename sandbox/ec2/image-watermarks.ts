import type {
  AttachImageWatermarkRequest,
  AttachImageWatermarkResult,
  DetachImageWatermarkRequest,
  DetachImageWatermarkResult,
  ImageWatermark,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import type { Fields } from './filters.ts';
import { ownImage, putImage, unavailable } from './image-records.ts';

/** Per AMI ("AMI watermarks", EC2 User Guide). */
const mostWatermarks = 5;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** An image's watermarks, as shown to every account that may use it; nothing if it has none. */
export const watermarkViews = ({ watermarks }: ImageRecord): ImageWatermark[] | undefined =>
  watermarks?.map(({ key, sourceImage, sourceRegion, sourceCreatedAt, attachedAt }) => ({
    WatermarkKey: key,
    SourceImageId: sourceImage,
    SourceImageRegion: sourceRegion,
    SourceImageCreationTime: new Date(sourceCreatedAt),
    WatermarkCreationTime: new Date(attachedAt),
  }));

const each =
  (read: (watermark: NonNullable<ImageRecord['watermarks']>[number]) => string) =>
  ({ watermarks = [] }: ImageRecord): string[] =>
    watermarks.map(read);

/** The filters of DescribeImages for watermarks. */
export const watermarkFields: Fields<ImageRecord> = {
  'image-watermark.source-image-creation-time': each(({ sourceCreatedAt }) => sourceCreatedAt),
  'image-watermark.source-image-id': each(({ sourceImage }) => sourceImage),
  'image-watermark.source-image-region': each(({ sourceRegion }) => sourceRegion),
  'image-watermark.watermark-creation-time': each(({ attachedAt }) => attachedAt),
  'image-watermark.watermark-key': each(({ key }) => key),
};

/**
 * Throws if an image with watermarks is to become public, which is not allowed ("AMI watermarks", EC2 User Guide; no page names
 * the error's code). Images created from an image with watermarks have them too.
 */
export const refusePublicWatermarks = ({ id, watermarks = [] }: ImageRecord): void => {
  if (watermarks.length === 0) return;
  throw new AwsError(
    'OperationNotPermitted',
    `The image ${id} has watermarks (${watermarks.map(({ key }) => key).join(', ')}) and can't be shared publicly.`,
  );
};

export const imageWatermarkOperations: Record<string, Operation> = {
  /** A watermark that the image already has stays as it is. */
  AttachImageWatermark: operation<AttachImageWatermarkRequest, AttachImageWatermarkResult>(
    ['ImageId', 'WatermarkName'],
    (context, { ImageId = '', WatermarkName = '' }) => {
      if (!/^[a-zA-Z0-9()[\] ./\-'@_]{3,128}$/.test(WatermarkName)) {
        throw invalid(
          `Value (${WatermarkName}) for parameter watermarkName is invalid. Expected 3 to 128 letters, digits and ( ) [ ] . / - ' @ _ or spaces.`,
        );
      }
      const image = ownImage(context, ImageId);
      if (imageState(image, context.now) !== 'available') throw unavailable(ImageId);
      if (image.permissions.everyone) {
        throw new AwsError(
          'OperationNotPermitted',
          `The image ${ImageId} is public and can't have watermarks.`,
        );
      }
      const { watermarks = [] } = image;
      const key = `${context.account}:${WatermarkName}`;
      if (watermarks.some((one) => one.key === key)) return { WatermarkKey: key };
      if (watermarks.length >= mostWatermarks) {
        throw new AwsError('ResourceLimitExceeded', `An AMI has at most ${mostWatermarks} watermarks.`);
      }
      const watermark = {
        key,
        sourceImage: ImageId,
        sourceRegion: context.region,
        sourceCreatedAt: image.createdAt,
        attachedAt: context.now.toISOString(),
      };
      putImage(context, { ...image, watermarks: [...watermarks, watermark] });
      return { WatermarkKey: key };
    },
  ),

  /** Also succeeds if the image has no such watermark; images created from it keep theirs (DetachImageWatermark). */
  DetachImageWatermark: operation<DetachImageWatermarkRequest, DetachImageWatermarkResult>(
    ['ImageId', 'WatermarkKey'],
    (context, { ImageId = '', WatermarkKey = '' }) => {
      if (!/^\d{12}:.{3,128}$/.test(WatermarkKey)) {
        throw invalid(
          `Value (${WatermarkKey}) for parameter watermarkKey is invalid. Expected ACCOUNT:NAME.`,
        );
      }
      const { watermarks = [], ...image } = ownImage(context, ImageId);
      const kept = watermarks.filter(({ key }) => key !== WatermarkKey);
      putImage(context, { ...image, ...(kept.length > 0 ? { watermarks: kept } : {}) });
      return { Return: true };
    },
  ),
};
