import { choice, count, flag, list, object, text } from './schema-parts.ts';

const texts = (description: string) =>
  list(description, text('One of them.'), { expected: 'a list of texts' });

const criterion = object(
  'A criterion; an image has to meet all its parts.',
  {},
  {
    ImageProviders: texts('Account ids, "amazon", "aws-marketplace", "aws-backup-vault" or "none".'),
    MarketplaceProductCodes: texts('Product codes.'),
    ImageNames: texts('Names, with "*" and "?".'),
    DeprecationTimeCondition: object(
      'How many days ago it may have been deprecated.',
      {},
      { MaximumDaysSinceDeprecated: count('Days.') },
    ),
    CreationDateCondition: object(
      'How many days old it may be.',
      {},
      { MaximumDaysSinceCreated: count('Days.') },
    ),
    ImageWatermarks: list(
      'Watermarks; it needs at least one of them.',
      object(
        'A watermark; all given parts have to match.',
        {},
        {
          WatermarkKey: text('Account and name, with "*" and "?".'),
          SourceImageRegion: text('The region of its first image, with "*" and "?".'),
          MaximumDaysSinceSourceImageCreated: count('Days.'),
          MaximumDaysSinceWatermarkCreated: count('Days.'),
        },
      ),
      { expected: 'a list of at most 50 watermarks', maxItems: 50 },
    ),
    ScanResultCondition: object(
      'The findings of Amazon Inspector that are accepted.',
      {},
      {
        MaximumSeverityLabel: choice('The highest severity.', [
          'informational',
          'low',
          'medium',
          'high',
          'critical',
        ]),
        MaxDaysSinceLastFindingScan: count('Days.'),
        MaxDaysSinceInformationalFixAvailable: count('Days.'),
        MaxDaysSinceLowFixAvailable: count('Days.'),
        MaxDaysSinceMediumFixAvailable: count('Days.'),
        MaxDaysSinceHighFixAvailable: count('Days.'),
        MaxDaysSinceCriticalFixAvailable: count('Days.'),
      },
    ),
  },
);

/** Settings of an account in a region that API calls can change. */
export const accountDefaultSettings = {
  optedIn: flag('Whether the account has opted in to a region that is off by default.'),
  defaultVpc: flag('Whether the region has a default VPC.'),
  imageBlockPublicAccess: choice('Block public access for AMIs.', ['unblocked', 'block-new-sharing']),
  snapshotBlockPublicAccess: choice('Block public access for snapshots.', [
    'unblocked',
    'block-new-sharing',
    'block-all-sharing',
  ]),
  imagesInRecycleBin: count('How many AMIs are in the Recycle Bin.'),
  encryptionByDefault: flag('EBS encryption by default.'),
  metadataTokens: choice(
    'Whether new instances require IMDSv2 by default; "no-preference" leaves it to their images.',
    ['no-preference', 'optional', 'required'],
  ),
  metadataTokensEnforced: flag('Whether a launch is refused if the instance does not require IMDSv2.'),
  declarativePolicies: list(
    'What a declarative policy of the organization sets, so that the account cannot change it.',
    choice('A name as in policies.', [
      'image_block_public_access',
      'snapshot_block_public_access',
      'instance_metadata_defaults',
    ]),
    { expected: 'a list, such as ["image_block_public_access"]' },
  ),
  allowedImages: object(
    "The account's Allowed AMIs.",
    {
      state: choice('Whether they apply.', ['disabled', 'enabled', 'audit-mode']),
      criteria: list('An image that meets one of them is allowed.', criterion, {
        expected: 'a list of at most 10 criteria',
        maxItems: 10,
      }),
    },
    {},
    'an object, such as {"state": "enabled", "criteria": [{"ImageProviders": ["amazon"]}]}',
  ),
} as const;
