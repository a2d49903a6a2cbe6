import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPair,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { checkId, lookUpAll, newId } from '../model/identifiers.ts';
import type { KeyPairRecord } from '../model/records.ts';
import { filtered } from './filters.ts';
import { makeKey, readPublicKey } from './key-material.ts';
import { addTags, dropTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

const pairs = ({ store, account, region }: Context) => store.of('keyPair', account, region);

/** A key pair of the calling account, by name. */
export const keyPairNamed = (context: Context, name: string): KeyPairRecord => {
  const pair = pairs(context).get(name);
  if (!pair) throw new AwsError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
  return pair;
};

/** Names are 1 to 255 ASCII characters without leading or trailing spaces, unique per account and region (CreateKeyPair). */
const checkNewName = (context: Context, name: string): void => {
  if (!/^(?! )[\x20-\x7e]{1,255}(?<! )$/.test(name)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${name}) for parameter keyName is invalid. Expected up to 255 ASCII characters.`,
    );
  }
  if (pairs(context).get(name)) {
    throw new AwsError('InvalidKeyPair.Duplicate', `The keypair '${name}' already exists.`);
  }
};

export const keyPairOperations: Record<string, Operation> = {
  CreateKeyPair: operation<CreateKeyPairRequest, KeyPair>(
    ['KeyName', 'KeyType', 'KeyFormat', 'TagSpecifications'],
    (context, { KeyName = '', KeyType, KeyFormat, TagSpecifications }) => {
      if (KeyFormat === 'ppk') throw notImplemented('ec2:CreateKeyPair with the format ppk');
      for (const [value, values] of [
        [KeyType, ['rsa', 'ed25519']],
        [KeyFormat, ['pem']],
      ] as const) {
        if (value !== undefined && !(values as readonly string[]).includes(value)) {
          throw new AwsError(
            'InvalidParameterValue',
            `Value (${value}) is invalid. Expected ${values.join(' or ')}.`,
          );
        }
      }
      checkNewName(context, KeyName);
      const tags = readTagSpecifications(TagSpecifications, ['key-pair']);
      const inUse = new Set(context.store.everywhere('keyPair').map(({ record }) => record.publicKey));
      const key = makeKey(KeyType, context.folder, (publicKey) => inUse.has(publicKey));
      const pair: KeyPairRecord = {
        id: newId('key'),
        name: KeyName,
        type: KeyType ?? 'rsa',
        fingerprint: key.fingerprint,
        publicKey: key.publicKey,
        createdAt: context.now.toISOString(),
      };
      pairs(context).put(KeyName, pair);
      addTags(context, pair.id, tags['key-pair']);
      return {
        KeyName,
        KeyPairId: pair.id,
        KeyFingerprint: key.fingerprint,
        KeyMaterial: key.privateKey,
        Tags: tagListOf(context, pair.id),
      };
    },
  ),

  ImportKeyPair: operation<ImportKeyPairRequest, ImportKeyPairResult>(
    ['KeyName', 'PublicKeyMaterial', 'TagSpecifications'],
    (context, { KeyName = '', PublicKeyMaterial = new Uint8Array(), TagSpecifications }) => {
      checkNewName(context, KeyName);
      const key = readPublicKey(Buffer.from(PublicKeyMaterial).toString('utf8'));
      if (!key) throw new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
      const tags = readTagSpecifications(TagSpecifications, ['key-pair']);
      const pair: KeyPairRecord = {
        id: newId('key'),
        name: KeyName,
        ...key,
        createdAt: context.now.toISOString(),
      };
      pairs(context).put(KeyName, pair);
      addTags(context, pair.id, tags['key-pair']);
      return {
        KeyName,
        KeyPairId: pair.id,
        KeyFingerprint: key.fingerprint,
        Tags: tagListOf(context, pair.id),
      };
    },
  ),

  DescribeKeyPairs: operation<DescribeKeyPairsRequest, DescribeKeyPairsResult>(
    ['KeyNames', 'KeyPairIds', 'Filters', 'IncludePublicKey'],
    (context, { KeyNames, KeyPairIds, Filters, IncludePublicKey }) => {
      const all = pairs(context).list();
      const byName = (KeyNames ?? []).map((name) => keyPairNamed(context, name));
      const byId = lookUpAll('key', KeyPairIds ?? [], (id) => all.find((pair) => pair.id === id));
      const named = KeyNames?.length || KeyPairIds?.length ? [...new Set([...byName, ...byId])] : all;
      const shown = filtered(
        named,
        Filters,
        {
          'key-pair-id': ({ id }) => id,
          'key-name': ({ name }) => name,
          fingerprint: ({ fingerprint }) => fingerprint,
        },
        ({ id }) => tagsOf(context, id),
      );
      return {
        KeyPairs: shown.map((pair) => ({
          KeyPairId: pair.id,
          KeyName: pair.name,
          KeyType: pair.type,
          KeyFingerprint: pair.fingerprint,
          CreateTime: new Date(pair.createdAt),
          ...(IncludePublicKey ? { PublicKey: pair.publicKey } : {}),
          Tags: tagListOf(context, pair.id),
        })),
      };
    },
  ),

  /** An unknown name is no error on AWS either. */
  DeleteKeyPair: operation<DeleteKeyPairRequest, DeleteKeyPairResult>(
    ['KeyName', 'KeyPairId'],
    (context, { KeyName, KeyPairId }) => {
      if (KeyName === undefined && KeyPairId === undefined) {
        throw new AwsError('MissingParameter', 'The request must contain the parameter KeyName or KeyPairId');
      }
      if (KeyPairId !== undefined) checkId('key', KeyPairId);
      const pair = pairs(context)
        .list()
        .find(({ name, id }) => name === KeyName || id === KeyPairId);
      if (!pair) return { Return: true };
      pairs(context).delete(pair.name);
      dropTags(context, pair.id);
      return { Return: true, KeyPairId: pair.id };
    },
  ),
};
