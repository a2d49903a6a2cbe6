import { createHash } from 'node:crypto';
import type { Context } from '../calls/operation.ts';
import { awsManagedKey } from '../model/account-settings.ts';
import { AwsError } from '../model/aws-error.ts';
import { allows, defaultPolicy } from '../model/key-policy.ts';
import { declaredKeys } from '../state/kms-keys.ts';
import { settingsOf } from '../state/stored-settings.ts';

type Place = Pick<Context, 'store' | 'account' | 'region'>;

export interface Encryption {
  encrypted: boolean;
  /** ARN. */
  kmsKey?: string;
}

/**
 * The ARN of a key, named in any way that EC2 accepts: by id, by alias, by the ARN of either. An alias always belongs to the
 * same key.
 */
export const keyArn = ({ store, account, region }: Place, key: string): string => {
  const alias = /^(?:arn:aws:kms:([a-z0-9-]+):(\d{12}):)?(alias\/.+)$/.exec(key);
  if (alias) {
    const [, itsRegion = region, itsAccount = account, name = ''] = alias;
    const its = { store, account: itsAccount, region: itsRegion };
    const declared = declaredKeys(its).find(({ id, alias: named }) => named === name && id !== undefined);
    if (declared?.id) return `arn:aws:kms:${itsRegion}:${itsAccount}:key/${declared.id}`;
    const hex = createHash('sha256').update(`${itsAccount} ${itsRegion} ${name}`).digest('hex');
    const id = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
    return `arn:aws:kms:${itsRegion}:${itsAccount}:key/${id.join('-')}-${hex.slice(20, 32)}`;
  }
  return key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${account}:key/${key}`;
};

export const isAwsManaged = (place: Place, arn: string): boolean => arn === keyArn(place, awsManagedKey);

/** The KMS actions of EC2 on behalf of the account that creates a volume or a copy ("Requirements for Amazon EBS encryption"). */
const actionsOfEbs = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
];

/**
 * Whether an account can use a key of any region: AWS's own key there, a key in the account's settings that is not disabled, or
 * such a key of another account whose policy allows it.
 */
export const mayUseKey = ({ store, account }: Pick<Place, 'store' | 'account'>, arn: string): boolean => {
  const [, region = '', owner = ''] = /^arn:aws:kms:([^:]+):(\d{12}):key\//.exec(arn) ?? [];
  const its = { store, account: owner, region };
  if (isAwsManaged(its, arn)) return owner === account;
  const key = declaredKeys(its).find(({ id, alias }) => keyArn(its, id ?? alias ?? '') === arn);
  if (!key?.enabled) return false;
  if (owner === account) return true;
  return allows(key.policy ?? defaultPolicy(owner), actionsOfEbs, { account, region, through: 'ec2' });
};

/** EC2's reason for a failure of something whose key it cannot use. */
export const keyNotAccessible = 'Given key ID is not accessible';

/** Whether a key can encrypt new volumes and copies here: it belongs to this region and may be used. */
export const keyExists = (place: Place, arn: string): boolean =>
  arn.split(':')[3] === place.region && mayUseKey(place, arn);

/** Whether the caller can read something with this encryption; unencrypted data is always readable. */
export const mayRead = (place: Pick<Place, 'store' | 'account'>, { kmsKey }: Encryption): boolean =>
  kmsKey === undefined || mayUseKey(place, kmsKey);

/**
 * The encryption of a new volume or copy: encrypted if requested, if its source is, or if encryption by default is on.
 * Encrypted data stays encrypted. `inherits`: whether it uses its source's key if no key is named, which is so only if the
 * source belongs to the account ("Amazon EBS encryption examples": default encryption outcomes). Throws
 * `InvalidParameterDependency` for a key without encryption.
 */
export const encryptionOf = (
  place: Place,
  asked: { Encrypted?: boolean | undefined; KmsKeyId?: string | undefined },
  source: Encryption & { owner?: string },
  { inherits }: { inherits: boolean },
): Encryption => {
  const { encryptionByDefault, defaultKmsKey } = settingsOf(place);
  if (asked.KmsKeyId && !asked.Encrypted && !encryptionByDefault) {
    throw new AwsError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
  }
  if (!asked.Encrypted && !source.encrypted && !encryptionByDefault) return { encrypted: false };
  const isOwn = source.owner === place.account;
  const inherited = inherits && isOwn && source.encrypted ? source.kmsKey : undefined;
  return { encrypted: true, kmsKey: keyArn(place, asked.KmsKeyId ?? inherited ?? defaultKmsKey) };
};
