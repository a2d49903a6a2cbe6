import { placeholdersIn, variablePlaceholders } from '../lib/placeholders.ts';
import { describeValue, type Problem } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import { kmsKeyForm } from '../model/kms-key.ts';
import type { Publication } from '../model/publication.ts';
import { regionsOfImage } from '../model/regions-of-image.ts';
import { encryptionOf, encryptionPlace } from './encryption.ts';
import { eachOnce } from './filled-builders.ts';
import { combinedImages } from './image.ts';
import { isTooLarge } from './name-problems.ts';
import { unknownPlaceholder } from './placeholder-problems.ts';

interface NamedKey {
  region: string;
  key: string;
  /** As written in the config. */
  written: string;
  place: string;
}

/**
 * Problems of keys in "encryption": unknown placeholders, invalid keys once placeholders are filled in, keys of another region,
 * and keys that none of the accounts that the AMIs are shared with could use. Pure.
 */
export function kmsKeyProblems(publication: Publication): Problem[] {
  if (isTooLarge(publication)) return [];
  const images = combinedImages(publication);
  const unknown = images.flatMap((image) => unknownPlaceholders(image, publication));
  if (unknown.length > 0) return eachOnce(unknown);
  const keys = images.flatMap((image) => keysOf(image, publication));
  return [...eachOnce(keys.flatMap(noKey)), ...keysElsewhere(keys), ...managedKeys(keys, publication)];
}

const writtenKey = ({ encryption }: Image, region: string): string | undefined =>
  typeof encryption?.kmsKey === 'object' ? encryption.kmsKey[region] : encryption?.kmsKey;

function unknownPlaceholders(image: Image, publication: Publication): Problem[] {
  const known = [
    ...['region', 'image', 'publication', 'architecture', 'virtualization'],
    ...Object.keys(image.variables),
  ];
  return regionsOfImage(publication, image).flatMap(({ name: region }) => {
    const written = writtenKey(image, region);
    if (!image.encryption || written === undefined) return [];
    const variables = Object.keys(publication.variables ?? {});
    return unknownPlaceholder(encryptionPlace(image.encryption, region), written, known, variables);
  });
}

/** The key for each region in which an image exists, as far as the values of its variables are known. */
function keysOf(image: Image, publication: Publication): NamedKey[] {
  return regionsOfImage(publication, image).flatMap(({ name: region }) => {
    const written = writtenKey(image, region);
    const key = encryptionOf(publication, image, region)?.kmsKey;
    if (!image.encryption || written === undefined || key === undefined) return [];
    const { variables = {} } = publication;
    const isKnown = variablePlaceholders(written).every((name) => Object.hasOwn(variables, name));
    return isKnown ? [{ region, key, written, place: encryptionPlace(image.encryption, region) }] : [];
  });
}

function noKey({ key, written, place }: NamedKey): Problem[] {
  if (placeholdersIn(written).length === 0 || new RegExp(kmsKeyForm.pattern).test(key)) return [];
  return [{ place, expected: kmsKeyForm.expected, found: `${describeValue(key)}, of ${written}` }];
}

/** An ARN contains the region of its key ("Resource types defined by AWS Key Management Service"). */
function keysElsewhere(keys: readonly NamedKey[]): Problem[] {
  const elsewhere = keys.flatMap(({ region, key, place }) => {
    const [, its] = /^arn:[^:]+:kms:([^:]+):/.exec(key) ?? [];
    return its === undefined || its === region ? [] : [{ region, its, place }];
  });
  return [...Map.groupBy(elsewhere, ({ place }) => place)].flatMap(([place, some]): Problem[] => {
    const [first] = some;
    if (!first) return [];
    const regions = [...new Set(some.map(({ region }) => region))];
    return [
      {
        place,
        expected: `a key in ${regions.join(', ')}, where volumes are encrypted with it`,
        found: `one in ${first.its}`,
        advice:
          'Set a key for each region, "kmsKey": {"us-east-1": "…", "eu-west-1": "…"}, or an alias that each region has.',
      },
    ];
  });
}

/** AWS's own key, which nobody else can use ("Share an Amazon EBS snapshot", Amazon EBS User Guide). */
const awsManaged = /(?:^|:)alias\/aws\/ebs$/;

function managedKeys(keys: readonly NamedKey[], { share }: Publication): Problem[] {
  if (share.public || share.accounts.length + share.organizations.length === 0) return [];
  const managed = keys.filter(({ key }) => awsManaged.test(key));
  return [...new Map(managed.map(({ key, place }) => [place, key]))].map(([place, key]) => ({
    place,
    expected: 'a customer managed key, since those in "share" cannot use the AWS managed key',
    found: JSON.stringify(key),
    advice: 'Set the key, and let its policy allow those accounts to use it; or remove "encryption".',
  }));
}
