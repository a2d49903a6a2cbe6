import { accounts } from '../accounts.ts';
import { regionNames } from '../regions.ts';
import { accountDefaultSettings } from './account-defaults.ts';
import { iamProblems, iamSettings } from './iam.ts';
import { imageProblems, imageSettings } from './images.ts';
import { instanceTypeProblems, instanceTypeSettings } from './instance-types.ts';
import { keyPairProblems, keyPairSettings } from './key-pairs.ts';
import { kmsKeyProblems, kmsKeySettings } from './kms-keys.ts';
import { networkProblems, networkSettings } from './networks.ts';
import { parameterProblems, parameterSettings } from './parameters.ts';
import { quotaSettings } from './quotas.ts';
import { choice, object, remark, type SettingsProblem, type Static } from './schema-parts.ts';

/** The settings of an account in a region, one section per file. */
export const sections = {
  ...accountDefaultSettings,
  ...networkSettings,
  ...instanceTypeSettings,
  ...kmsKeySettings,
  ...keyPairSettings,
  ...quotaSettings,
  ...iamSettings,
  ...imageSettings,
  ...parameterSettings,
} as const;

export const accountRule = object(
  'Settings for the accounts and regions that it names, or for all.',
  {},
  {
    '//': remark,
    account: choice(
      'Only this account.',
      accounts.map(({ id }) => id),
    ),
    region: {
      ...choice('Only this region.', [...regionNames]),
      expected: 'a region of the "aws" partition, such as "us-east-1"',
    },
    ...sections,
  },
  'a rule, such as {"region": "us-east-1", "defaultVpc": false}',
);

/** A rule as written in the file, according to its schema. */
export type WrittenRule = Static<typeof accountRule>;

/** Problems of a rule that its schema cannot express. Places start at the rule. */
export const ruleProblems = (
  rule: Omit<WrittenRule, 'allowedImages' | 'quotas' | 'inUse'>,
): SettingsProblem[] => [
  ...iamProblems(rule),
  ...networkProblems(rule),
  ...instanceTypeProblems(rule),
  ...kmsKeyProblems(rule),
  ...keyPairProblems(rule),
  ...imageProblems(rule),
  ...parameterProblems(rule),
];
