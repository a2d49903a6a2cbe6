import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  GetKeyPolicyRequest,
  GetKeyPolicyResponse,
  ListAliasesRequest,
  ListAliasesResponse,
  ListGrantsRequest,
  ListGrantsResponse,
  ListKeysRequest,
  ListKeysResponse,
} from '@aws-sdk/client-kms';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { type Key, keyNamed, keysOf, policyOf } from './keys.ts';

/** Keys are declared, not created by calls, so their creation date is made up. */
const createdAt = new Date('2026-01-01T00:00:00Z');

const metadataOf = (key: Key): DescribeKeyResponse['KeyMetadata'] => ({
  KeyId: key.id,
  AWSAccountId: key.account,
  Arn: key.arn,
  CreationDate: createdAt,
  Enabled: key.enabled,
  Description: key.description,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: key.enabled ? 'Enabled' : 'Disabled',
  Origin: 'AWS_KMS',
  KeyManager: key.isAwsManaged ? 'AWS' : 'CUSTOMER',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: key.id.startsWith('mrk-'),
});

type Listing = Pick<ListKeysRequest, 'Limit' | 'Marker'>;

/** A page of a list, with KMS's names for its parts. Throws `ValidationException` and `InvalidMarkerException`. */
const page = <T>(
  name: string,
  items: T[],
  idOf: (item: T) => string,
  { Limit = 100, Marker }: Listing,
  most: number,
): { shown: T[]; rest: { Truncated: boolean; NextMarker?: string } } => {
  if (!Number.isInteger(Limit) || Limit < 1 || Limit > most) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${most}`,
    );
  }
  try {
    const request = { MaxResults: Limit, NextToken: Marker };
    const { items: shown, next } = pageOf(name, items, idOf, request, { least: 1, most });
    return { shown, rest: next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidMarkerException', 'The marker is not valid.');
  }
};

const aliasView = ({ region }: Context, { alias = '', account, id }: Key) => ({
  AliasName: alias,
  AliasArn: `arn:aws:kms:${region}:${account}:${alias}`,
  TargetKeyId: id,
  CreationDate: createdAt,
  LastUpdatedDate: createdAt,
});

const refuseAlias = (key: string): void => {
  if (!key.includes('alias/')) return;
  throw new AwsError('InvalidArnException', `${key} is an alias; expected a key id or the ARN of a key.`);
};

/** The sandbox's KMS operations: reading the keys of an account's settings and AWS's own. */
export const kmsOperations: Record<string, Operation> = {
  /** Grant tokens change nothing, since there are no grants. */
  DescribeKey: operation<DescribeKeyRequest, DescribeKeyResponse>(
    ['KeyId', 'GrantTokens'],
    (context, { KeyId = '' }) => ({ KeyMetadata: metadataOf(keyNamed(context, KeyId, 'DescribeKey')) }),
  ),

  /** The one policy of a key is named `default` (GetKeyPolicy). */
  GetKeyPolicy: operation<GetKeyPolicyRequest, GetKeyPolicyResponse>(
    ['KeyId', 'PolicyName'],
    (context, { KeyId = '', PolicyName = 'default' }) => {
      refuseAlias(KeyId);
      const key = keyNamed(context, KeyId, 'GetKeyPolicy');
      if (PolicyName !== 'default') throw new AwsError('NotFoundException', `No such policy exists`);
      return { Policy: JSON.stringify(policyOf(key), undefined, 2), PolicyName };
    },
  ),

  ListAliases: operation<ListAliasesRequest, ListAliasesResponse>(
    ['KeyId', 'Limit', 'Marker'],
    (context, { KeyId, ...listing }) => {
      const key = KeyId === undefined ? undefined : keyNamed(context, KeyId, 'ListAliases');
      const aliases = keysOf(context).filter(
        ({ alias, id }) => alias !== undefined && (!key || id === key.id),
      );
      const { shown, rest } = page('ListAliases', aliases, ({ alias = '' }) => alias, listing, 100);
      return { Aliases: shown.map((one) => aliasView(context, one)), ...rest };
    },
  ),

  /**
   * Always empty: the sandbox has no operation that creates a grant. Aliases are not accepted ("ListGrants", KMS API
   * Reference).
   */
  ListGrants: operation<ListGrantsRequest, ListGrantsResponse>(
    ['KeyId', 'Limit', 'Marker', 'GrantId', 'GranteePrincipal'],
    (context, { KeyId = '', ...listing }) => {
      refuseAlias(KeyId);
      keyNamed(context, KeyId, 'ListGrants');
      const { rest } = page<string>('ListGrants', [], (id) => id, listing, 100);
      return { Grants: [], ...rest };
    },
  ),

  ListKeys: operation<ListKeysRequest, ListKeysResponse>(['Limit', 'Marker'], (context, listing) => {
    const { shown, rest } = page('ListKeys', keysOf(context), ({ id }) => id, listing, 1000);
    return { Keys: shown.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...rest };
  }),
};
