import { partitionOf } from '../aws/partition.ts';
import type { Problem } from '../lib/problem.ts';
import type { Json, Publication, Sharing } from '../model/publication.ts';
import { encryptionOf } from './encryption.ts';
import type { FilledBuilder } from './filled-builders.ts';

const mappings = ['launch_block_device_mappings', 'ami_block_device_mappings'];

/**
 * Encryption in the config that its own `share` rules out ("Share an Amazon EBS snapshot", Amazon EBS User Guide): an encrypted
 * AMI can never be public, and one with the AWS managed key cannot be shared at all. Also keys of another region or partition
 * than the builder's, and contradictions of the image's own `encryption`. Pure.
 */
export const encryptionProblems = (builder: FilledBuilder, publication: Publication): Problem[] =>
  mappings.flatMap((option) => {
    const { [option]: value } = builder.options;
    const listed = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return listed.flatMap((mapping, index) => {
      if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return [];
      const at = (key: string) => builder.at(option, ...(Array.isArray(value) ? [index] : []), key);
      return [
        ...(builder.image.encryption
          ? contradictions(mapping, at, builder, publication)
          : sharedProblems(mapping, at, publication.share)),
        ...keyProblems(mapping, at, builder.region),
      ];
    });
  });

type Mapping = Record<string, Json>;

function sharedProblems(mapping: Mapping, at: (key: string) => string, sharing: Sharing): Problem[] {
  const isEncrypted = String(mapping.encrypted) === 'true';
  if (!isEncrypted) return [];
  const place = at('encrypted');
  if (sharing.public) {
    return [
      {
        place,
        expected: 'no encryption, since "share" makes the AMIs public and an encrypted AMI cannot be',
        found: 'true',
        advice: 'Remove it, or share with accounts instead, with a customer managed key in "kms_key_id".',
      },
    ];
  }
  const isShared = sharing.accounts.length + sharing.organizations.length > 0;
  const { kms_key_id: key } = mapping;
  const isManaged = typeof key !== 'string' || key === '' || /(?:^|:)alias\/aws\/ebs$/.test(key);
  if (!isShared || !isManaged) return [];
  return [
    {
      place: key ? at('kms_key_id') : place,
      expected:
        'a customer managed key in "kms_key_id", since those in "share" cannot use the AWS managed key',
      found: key ? JSON.stringify(key) : 'true, without "kms_key_id"',
      advice: 'Set the key, and let its policy allow those accounts to use it; or remove "encrypted".',
    },
  ];
}

/** `arn:aws:kms:us-east-1:123456789012:key/…`, "Resource types defined by AWS Key Management Service". */
const keyArn = /^arn:([^:]+):kms:([^:]*):/;

function keyProblems({ kms_key_id: key }: Mapping, at: (key: string) => string, region: string): Problem[] {
  const [, partition, keyRegion] = typeof key === 'string' ? (keyArn.exec(key) ?? []) : [];
  if (partition === undefined || (partition === partitionOf(region) && keyRegion === region)) return [];
  return [
    {
      place: at('kms_key_id'),
      expected: `a key in ${region}, where the volumes are`,
      found: partition === partitionOf(region) ? `one in ${keyRegion}` : `one of the partition ${partition}`,
      advice: 'Give each region its own mapping in "regions", or use an alias that each region has.',
    },
  ];
}

/** A mapping may repeat the image's `encryption`, but not contradict it. */
function contradictions(
  { encrypted, kms_key_id: key }: Mapping,
  at: (key: string) => string,
  { image, region }: FilledBuilder,
  publication: Publication,
): Problem[] {
  const place = image.encryption?.place ?? '';
  const wanted = encryptionOf(publication, image, region)?.kmsKey;
  const advice = `Remove it, or ${place}.`;
  if (encrypted !== undefined && encrypted !== null && String(encrypted) !== 'true') {
    const expected = `true, since ${place} says that all volumes are encrypted`;
    return [{ place: at('encrypted'), expected, found: JSON.stringify(encrypted), advice }];
  }
  if (key === undefined || key === null || key === '' || key === wanted) return [];
  const expected =
    wanted === undefined
      ? `no key, since ${place} says that it is the default key of the account`
      : `${JSON.stringify(wanted)}, as ${place} says for ${region}`;
  return [{ place: at('kms_key_id'), expected, found: JSON.stringify(key), advice }];
}
