import type { ImageCriterion } from '@aws-sdk/client-ec2';
import type { sections } from './settings/account-rule.ts';
import type { QuotaCode } from './settings/quotas.ts';
import type { Static } from './settings/schema-parts.ts';

type Section = typeof sections;

/**
 * The settings of an account in one region: everything that `settings/` describes. API calls that change a setting change it
 * here. Settings that apply to all regions (IAM) are read in IAM's own region.
 */
export type AccountSettings = {
  [Key in Exclude<keyof Section, 'allowedImages' | 'quotas' | 'inUse'>]: Static<Section[Key]>;
} & {
  allowedImages: { state: 'disabled' | 'enabled' | 'audit-mode'; criteria: ImageCriterion[] };
  quotas: Record<QuotaCode, number>;
  inUse: Partial<Record<QuotaCode, number>>;
};

/** A role of an account: the users of all accounts may assume it, and it may do everything. */
export type RoleSettings = AccountSettings['roles'][number];

/** Settings for the accounts and regions that a rule names, or for all. */
export type AccountRule = { account?: string; region?: string } & Partial<
  Omit<AccountSettings, 'quotas'> & { quotas: Partial<Record<QuotaCode, number>> }
>;

/** AWS's own key for EBS ("AWS managed keys", KMS Developer Guide). */
export const awsManagedKey = 'alias/aws/ebs';

/**
 * The settings of a new account. AMIs cannot be made public until block public access is switched off ("Block public access to
 * your AMIs": on for new accounts since 2023-07-15); snapshots can. Five AMIs may be public (Service Quotas); GPU and other
 * special families have no vCPUs until requested.
 */
export const newAccount: AccountSettings = {
  optedIn: false,
  defaultVpc: true,
  vpcs: [],
  insideVpcs: false,
  instanceTypes: {},
  imageBlockPublicAccess: 'block-new-sharing',
  snapshotBlockPublicAccess: 'unblocked',
  imagesInRecycleBin: 0,
  encryptionByDefault: false,
  metadataTokens: 'no-preference',
  metadataTokensEnforced: false,
  declarativePolicies: [],
  defaultKmsKey: awsManagedKey,
  kmsKeys: [],
  allowedImages: { state: 'disabled', criteria: [] },
  quotas: {
    'L-0E3CBAB9': 5,
    'L-1216C47A': 32,
    'L-DB2E81BA': 0,
    'L-417A185B': 0,
    'L-7295265B': 0,
    'L-74FC7D96': 0,
    'L-1945791B': 0,
    'L-2C3B7624': 0,
    'L-6E869C2A': 0,
    'L-F7808C92': 0,
    'L-43DA4232': 0,
    'L-34B43A08': 5,
    'L-3819A6DF': 0,
    'L-7212CCBC': 0,
    'L-E3A00192': 0,
    'L-88CF9481': 0,
    'L-B5D1601B': 0,
    'L-6B0D517C': 0,
    'L-85EED4F7': 0,
  },
  inUse: {},
  keyPairs: [],
  instanceProfiles: [],
  roles: [],
  images: [],
  parameters: [],
};
