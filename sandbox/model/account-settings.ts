import type { ImageCriterion } from '@aws-sdk/client-ec2';
import type { DeclaredVpc } from './declared-network.ts';

/** Quotas of Service Quotas that the sandbox enforces, by code, with AWS's names for them. */
export const quotaNames = {
  'L-0E3CBAB9': 'Public AMIs',
  'L-1216C47A': 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
  'L-DB2E81BA': 'Running On-Demand G and VT instances',
  'L-417A185B': 'Running On-Demand P instances',
  'L-7295265B': 'Running On-Demand X instances',
  'L-74FC7D96': 'Running On-Demand F instances',
  'L-1945791B': 'Running On-Demand Inf instances',
  'L-2C3B7624': 'Running On-Demand Trn instances',
  'L-6E869C2A': 'Running On-Demand DL instances',
  'L-F7808C92': 'Running On-Demand HPC instances',
  'L-43DA4232': 'Running On-Demand High Memory instances',
} as const;

export type QuotaCode = keyof typeof quotaNames;

/** How an account is set up in one region. What an API call can change, it changes here. */
export interface AccountSettings {
  /** For regions that are off in a new account: whether requests there are answered. */
  optedIn: boolean;
  /** Whether the region's VPC is a default one; it is there in either case. */
  defaultVpc: boolean;
  /** Its VPCs, where they are not the one that a new account has. */
  vpcs?: DeclaredVpc[];
  /** Whether the rehearsal stands inside all of its VPCs. */
  insideVpcs: boolean;
  imageBlockPublicAccess: 'unblocked' | 'block-new-sharing';
  snapshotBlockPublicAccess: 'unblocked' | 'block-new-sharing' | 'block-all-sharing';
  /** EBS encryption by default. */
  encryptionByDefault: boolean;
  /** The key that encryption by default uses. `alias/aws/ebs` is AWS's own, which cannot be shared. */
  defaultKmsKey: string;
  /** Whether new instances require IMDSv2 by default; `no-preference` leaves it to their images. */
  metadataTokens: 'no-preference' | 'optional' | 'required';
  /** Customer managed keys that exist here: key ids or `alias/…`. */
  kmsKeys: string[];
  allowedImages: { state: 'disabled' | 'enabled' | 'audit-mode'; criteria: ImageCriterion[] };
  quotas: Record<QuotaCode, number>;
  /** Names of the account's instance profiles, each with a role that may do everything; the same in all regions. */
  instanceProfiles: string[];
  /** Roles of the account; the same in all regions. */
  roles: RoleSettings[];
}

/** A role of an account: the users of all accounts may assume it, and it may do everything. */
export interface RoleSettings {
  /** Its name, with its path where it has one: `release/publisher`. */
  name: string;
  /** What who assumes it has to say (`sts:ExternalId` in its trust policy). */
  externalId?: string;
  /** How long a session may be, in seconds; an hour by default. */
  maxSessionDuration?: number;
}

/** Settings for the accounts and regions that a rule names; all of them without. */
export type AccountRule = { account?: string; region?: string } & Partial<
  Omit<AccountSettings, 'quotas'> & { quotas: Partial<Record<QuotaCode, number>> }
>;

/** AWS's own key for EBS ("AWS managed keys", KMS Developer Guide). */
export const awsManagedKey = 'alias/aws/ebs';

/**
 * What a new account has. AMIs cannot be made public before block public access is switched off ("Block public access to
 * your AMIs": on for new accounts since 2023-07-15); snapshots can. Five AMIs may be public (Service Quotas); GPU and
 * other special families have no vCPU at all until asked for.
 */
export const newAccount: AccountSettings = {
  optedIn: false,
  defaultVpc: true,
  insideVpcs: false,
  imageBlockPublicAccess: 'block-new-sharing',
  snapshotBlockPublicAccess: 'unblocked',
  encryptionByDefault: false,
  metadataTokens: 'no-preference',
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
  },
  instanceProfiles: [],
  roles: [],
};
