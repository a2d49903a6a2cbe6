import { createHash } from 'node:crypto';
import type { Context } from '../calls/operation.ts';
import { awsManagedKey } from '../model/account-settings.ts';
import { AwsError } from '../model/aws-error.ts';
import { declaredKeys } from '../state/kms-keys.ts';
import { settingsOf } from '../state/stored-settings.ts';

type Place = Pick<Context, 'store' | 'account' | 'region'>;

export interface Encryption {
  encrypted: boolean;
  /** ARN. */
  kmsKey?: string;
}

/** The ARN of a key that is named as EC2 lets one: by id, by alias, by the ARN of either. An alias has one key always. */
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

/** Whether a key can be used: AWS's own, or one that the account's settings name and do not disable. */
export const keyExists = (place: Place, arn: string): boolean =>
  isAwsManaged(place, arn) ||
  declaredKeys(place).some(({ id, alias, enabled }) => enabled && keyArn(place, id ?? alias ?? '') === arn);

/**
 * How a new volume or a copy is encrypted: where that is asked for, where its source is, or where encryption by default
 * is on. What was encrypted stays so. `inherits`: whether it takes its source's key where none is named. Throws
 * `InvalidParameterDependency` for a key without encryption.
 */
export const encryptionOf = (
  place: Place,
  asked: { Encrypted?: boolean | undefined; KmsKeyId?: string | undefined },
  source: Encryption,
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
  const inherited = inherits && source.encrypted ? source.kmsKey : undefined;
  return { encrypted: true, kmsKey: keyArn(place, asked.KmsKeyId ?? inherited ?? defaultKmsKey) };
};
