import { choice, count, flag, list, object, text } from './schema-parts.ts';

const texts = (description: string) =>
  list(description, text('One of them.'), { expected: 'a list of texts' });

const criterion = object(
  'What an image has to meet; all of its parts.',
  {},
  {
    ImageProviders: texts('Account ids, "amazon", "aws-marketplace", "aws-backup-vault" or "none".'),
    MarketplaceProductCodes: texts('Product codes.'),
    ImageNames: texts('Names, with "*" and "?".'),
    DeprecationTimeCondition: object(
      'How long ago it may have been deprecated.',
      {},
      { MaximumDaysSinceDeprecated: count('Days.') },
    ),
    CreationDateCondition: object('How old it may be.', {}, { MaximumDaysSinceCreated: count('Days.') }),
    ImageWatermarks: list(
      'Watermarks, of which it has to have one.',
      object(
        'A watermark, in all that is said of it.',
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
      'What Amazon Inspector may have found in it.',
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
  optedIn: flag('Whether a region that is off in a new account answers.'),
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
  metadataTokensEnforced: flag('Whether launches of instances that do not require IMDSv2 are refused.'),
  declarativePolicies: list(
    'What a declarative policy of the organization sets, so that the account cannot change it.',
    choice('As policies name it.', [
      'image_block_public_access',
      'snapshot_block_public_access',
      'instance_metadata_defaults',
    ]),
    { expected: 'a list, such as ["image_block_public_access"]' },
  ),
  allowedImages: object(
    "The account's Allowed AMIs.",
    {
      state: choice('Whether they are in force.', ['disabled', 'enabled', 'audit-mode']),
      criteria: list('An image is allowed that meets one of them.', criterion, {
        expected: 'a list of at most 10 criteria',
        maxItems: 10,
      }),
    },
    {},
    'an object, such as {"state": "enabled", "criteria": [{"ImageProviders": ["amazon"]}]}',
  ),
} as const;
