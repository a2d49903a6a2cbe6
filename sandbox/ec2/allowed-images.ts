import type {
  DisableAllowedImagesSettingsRequest,
  DisableAllowedImagesSettingsResult,
  EnableAllowedImagesSettingsRequest,
  EnableAllowedImagesSettingsResult,
  GetAllowedImagesSettingsRequest,
  GetAllowedImagesSettingsResult,
  ImageCriterion,
  ImageWatermarkFilterResponse,
  ReplaceImageCriteriaInAllowedImagesSettingsRequest,
  ReplaceImageCriteriaInAllowedImagesSettingsResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { changeSettings, settingsOf } from '../state/stored-settings.ts';
import { patternOf } from './filters.ts';
import { meetsScanCondition } from './image-scans.ts';

const known = new Set([
  'ImageProviders',
  'MarketplaceProductCodes',
  'ImageNames',
  'DeprecationTimeCondition',
  'CreationDateCondition',
  'ImageWatermarks',
  'ScanResultCondition',
]);
const providers = /^(amazon|aws-marketplace|aws-backup-vault|none|\d{12})$/;
const day = 24 * 3_600_000;

/**
 * Whether an account's Allowed AMIs settings allow an image: always its own, and others if one criterion matches in all its
 * parts (ReplaceImageCriteriaInAllowedImagesSettings). `amazon` includes verified providers, whose images have that alias.
 */
export const isAllowed = (context: Context, image: ImageRecord): boolean =>
  image.owner === context.account ||
  settingsOf(context).allowedImages.criteria.some((criterion) => meets(context, image, criterion));

/** Whether Allowed AMIs hide an image from the calling account. */
export const isHiddenByAllowed = (context: Context, image: ImageRecord): boolean =>
  settingsOf(context).allowedImages.state === 'enabled' && !isAllowed(context, image);

/** `ImageAllowed` of DescribeImages: present only if Allowed AMIs are enabled or audited. */
export const allowedMark = (context: Context, image: ImageRecord): boolean | undefined =>
  settingsOf(context).allowedImages.state === 'disabled' ? undefined : isAllowed(context, image);

/** Whether one of an image's watermarks matches all parts of a criterion (ImageWatermarkFilter). */
const carriesWatermark = (
  { watermarks = [] }: ImageRecord,
  wanted: ImageWatermarkFilterResponse,
  now: Date,
): boolean => {
  const matches = (pattern: string | undefined, value: string) =>
    pattern === undefined || patternOf(pattern).test(value);
  const isWithin = (days: number | undefined, time: string) =>
    days === undefined || now.getTime() - Date.parse(time) <= days * day;
  return watermarks.some(
    ({ key, sourceRegion, sourceCreatedAt, attachedAt }) =>
      matches(wanted.WatermarkKey, key) &&
      matches(wanted.SourceImageRegion, sourceRegion) &&
      isWithin(wanted.MaximumDaysSinceSourceImageCreated, sourceCreatedAt) &&
      isWithin(wanted.MaximumDaysSinceWatermarkCreated, attachedAt),
  );
};

const meets = ({ now }: Context, image: ImageRecord, criterion: ImageCriterion): boolean => {
  const { ImageProviders, ImageNames, MarketplaceProductCodes } = criterion;
  const { owner, ownerAlias = owner, name, createdAt, deprecatedAt } = image;
  const daysSince = (time: string) => (now.getTime() - new Date(time).getTime()) / day;
  const oldest = criterion.CreationDateCondition?.MaximumDaysSinceCreated;
  const longest = criterion.DeprecationTimeCondition?.MaximumDaysSinceDeprecated;
  return [
    !ImageProviders?.length || ImageProviders.includes(owner) || ImageProviders.includes(ownerAlias),
    !ImageNames?.length || ImageNames.some((pattern) => patternOf(pattern).test(name)),
    !MarketplaceProductCodes?.length,
    oldest === undefined || daysSince(createdAt) <= oldest,
    longest === undefined || deprecatedAt === undefined || daysSince(deprecatedAt) <= longest,
    !criterion.ImageWatermarks?.length ||
      criterion.ImageWatermarks.some((wanted) => carriesWatermark(image, wanted, now)),
    !criterion.ScanResultCondition || meetsScanCondition(image, criterion.ScanResultCondition, now),
  ].every(Boolean);
};

const checkCriteria = (criteria: ImageCriterion[]): void => {
  if (criteria.length > 10)
    throw new AwsError('InvalidParameterValue', 'At most 10 image criteria may be given.');
  for (const criterion of criteria) {
    const unknown = Object.keys(criterion).find((member) => !known.has(member));
    if (unknown) throw notImplemented(`image criteria with ${unknown}`);
    const wrong = criterion.ImageProviders?.find((provider) => !providers.test(provider));
    if (wrong !== undefined) {
      throw new AwsError('InvalidParameterValue', `Value (${wrong}) for parameter ImageProvider is invalid.`);
    }
  }
};

export const allowedImagesOperations: Record<string, Operation> = {
  GetAllowedImagesSettings: operation<GetAllowedImagesSettingsRequest, GetAllowedImagesSettingsResult>(
    [],
    (context) => {
      const { state, criteria } = settingsOf(context).allowedImages;
      return { State: state, ImageCriteria: criteria, ManagedBy: 'account' };
    },
  ),

  EnableAllowedImagesSettings: operation<
    EnableAllowedImagesSettingsRequest,
    EnableAllowedImagesSettingsResult
  >(['AllowedImagesSettingsState'], (context, { AllowedImagesSettingsState: state }) => {
    if (state !== 'enabled' && state !== 'audit-mode') {
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${String(state)}) for parameter AllowedImagesSettingsState is invalid.`,
      );
    }
    changeSettings(context, { allowedImages: { ...settingsOf(context).allowedImages, state } });
    return { AllowedImagesSettingsState: state };
  }),

  DisableAllowedImagesSettings: operation<
    DisableAllowedImagesSettingsRequest,
    DisableAllowedImagesSettingsResult
  >([], (context) => {
    changeSettings(context, { allowedImages: { ...settingsOf(context).allowedImages, state: 'disabled' } });
    return { AllowedImagesSettingsState: 'disabled' };
  }),

  ReplaceImageCriteriaInAllowedImagesSettings: operation<
    ReplaceImageCriteriaInAllowedImagesSettingsRequest,
    ReplaceImageCriteriaInAllowedImagesSettingsResult
  >(['ImageCriteria'], (context, { ImageCriteria = [] }) => {
    checkCriteria(ImageCriteria);
    const { state } = settingsOf(context).allowedImages;
    changeSettings(context, { allowedImages: { state, criteria: ImageCriteria } });
    return { ReturnValue: true };
  }),
};
