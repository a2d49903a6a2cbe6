import type { Context } from '../calls/operation.ts';
import { keyArn } from '../ec2/encryption.ts';
import { accounts } from '../model/accounts.ts';
import { AwsError } from '../model/aws-error.ts';
import { allows, defaultPolicy } from '../model/key-policy.ts';
import { regionNames } from '../model/regions.ts';
import { declaredKeys } from '../state/kms-keys.ts';

/** A key of an account in a region. */
export interface Key {
  id: string;
  arn: string;
  account: string;
  /** `alias/…`, if it has one. */
  alias?: string;
  enabled: boolean;
  /** Created by AWS for one of its services. */
  isAwsManaged: boolean;
  description: string;
  /** In IAM's format; the default policy if none is declared. */
  policy?: Record<string, unknown>;
}

/** AWS's own keys that the sandbox's services use. They exist before their first use; AWS creates them then. */
const awsManaged: Record<string, string> = {
  'alias/aws/ebs': 'Default key that protects my EBS volumes when no other key is defined',
  'alias/aws/ssm': 'Default key that protects my SSM parameters when no other key is defined',
};

type Place = Pick<Context, 'store' | 'account' | 'region'>;

/** Every key of an account in a region: AWS's own, and those of the account's settings. */
export const keysOf = (place: Place): Key[] => {
  const made = (name: string, more: Omit<Key, 'id' | 'arn' | 'account'>): Key => {
    const arn = keyArn(place, name);
    return { id: arn.split('/').at(-1) ?? '', arn, account: place.account, ...more };
  };
  return [
    ...Object.entries(awsManaged).map(([alias, description]) =>
      made(alias, { alias, enabled: true, isAwsManaged: true, description }),
    ),
    ...declaredKeys(place).map(({ id, alias, enabled, policy }) =>
      made(id ?? alias ?? '', {
        ...(alias === undefined ? {} : { alias }),
        enabled,
        isAwsManaged: false,
        description: '',
        ...(policy === undefined ? {} : { policy }),
      }),
    ),
  ];
};

/** Operations for which a request may name another account's key (KMS API Reference, "Cross-account use"). */
const usableElsewhere: ReadonlySet<string> = new Set(['DescribeKey', 'ListGrants']);

const notFound = (message: string): AwsError => new AwsError('NotFoundException', message);

/**
 * The key that a request names: by id, by alias, or by the ARN of either, which may be another account's in the same region.
 * Throws `NotFoundException`, `InvalidArnException`, and `AccessDeniedException` for another account's key if its policy does
 * not allow the operation, or the operation accepts only own keys.
 */
export const keyNamed = (context: Context, name: string, action: string): Key => {
  const [, region, account, resource] =
    /^arn:aws:kms:([a-z0-9-]+):(\d{12}):((?:key|alias)\/.+)$/.exec(name) ?? [];
  if (name.startsWith('arn:') && !resource) throw new AwsError('InvalidArnException', `Invalid arn ${name}`);
  if (region !== undefined && (region !== context.region || !regionNames.has(region))) {
    throw notFound(`Invalid arn ${region}`);
  }
  const owner = account ?? context.account;
  const keys = accounts.some(({ id }) => id === owner) ? keysOf({ ...context, account: owner }) : [];
  const isAlias = (resource ?? name).startsWith('alias/');
  const wanted = (resource ?? name).replace(/^key\//, '');
  const key = keys.find(({ id, alias }) => (isAlias ? alias === wanted : id === wanted));
  const isOpen = usableElsewhere.has(action);
  if (owner !== context.account && !(key && isOpen && allows(policyOf(key), [`kms:${action}`], context))) {
    throw new AwsError(
      'AccessDeniedException',
      `User: ${context.caller.arn} is not authorized to perform: kms:${action} on resource: ${name}`,
    );
  }
  if (key) return key;
  throw notFound(
    isAlias
      ? `Alias arn:aws:kms:${context.region}:${owner}:${wanted} is not found.`
      : `Key 'arn:aws:kms:${context.region}:${owner}:key/${wanted}' does not exist`,
  );
};

/** The policy of a key: the declared one, or KMS's own. */
export const policyOf = ({ account, policy }: Key): Record<string, unknown> =>
  policy ?? defaultPolicy(account);
