/**
 * The operations of KMS that the sandbox has, in the form in which the SDK's clients export their schemas: the package has no client
 * of KMS, and loading one for four operations would cost every user its size. Members as in KMS's API reference; of a key's metadata
 * those that keys of the sandbox can have. A judge compares them with botocore's model.
 */

const service = 'com.amazonaws.kms';
const text = 0;
const flag = 2;
const time = 4;
const number = 1;

type Shape = typeof text | typeof flag | typeof time | typeof number | (() => unknown);

/** A structure; its first `required` members have to be there. */
const structure = (name: string, members: Record<string, Shape>, required = 0) => [
  3,
  service,
  name,
  0,
  Object.keys(members),
  Object.values(members),
  required,
];

const list = (name: string, member: Shape) => [1, service, name, 0, member];

const texts = list('Texts', text);

const metadata = structure(
  'KeyMetadata',
  {
    KeyId: text,
    AWSAccountId: text,
    Arn: text,
    CreationDate: time,
    Enabled: flag,
    Description: text,
    KeyUsage: text,
    KeyState: text,
    Origin: text,
    KeyManager: text,
    CustomerMasterKeySpec: text,
    KeySpec: text,
    EncryptionAlgorithms: () => texts,
    MultiRegion: flag,
  },
  1,
);

const key = structure('KeyListEntry', { KeyId: text, KeyArn: text });
const keys = list('KeyList', () => key);
const alias = structure('AliasListEntry', {
  AliasName: text,
  AliasArn: text,
  TargetKeyId: text,
  CreationDate: time,
  LastUpdatedDate: time,
});
const aliases = list('AliasList', () => alias);

const operation = (name: string, input: unknown, output: unknown) => [9, service, name, 0, input, output];

export const DescribeKey = operation(
  'DescribeKey',
  structure('DescribeKeyRequest', { KeyId: text, GrantTokens: () => texts }, 1),
  structure('DescribeKeyResponse', { KeyMetadata: () => metadata }),
);

export const GetKeyPolicy = operation(
  'GetKeyPolicy',
  structure('GetKeyPolicyRequest', { KeyId: text, PolicyName: text }, 1),
  structure('GetKeyPolicyResponse', { Policy: text, PolicyName: text }),
);

export const ListAliases = operation(
  'ListAliases',
  structure('ListAliasesRequest', { KeyId: text, Limit: number, Marker: text }),
  structure('ListAliasesResponse', { Aliases: () => aliases, NextMarker: text, Truncated: flag }),
);

export const ListKeys = operation(
  'ListKeys',
  structure('ListKeysRequest', { Limit: number, Marker: text }),
  structure('ListKeysResponse', { Keys: () => keys, NextMarker: text, Truncated: flag }),
);
