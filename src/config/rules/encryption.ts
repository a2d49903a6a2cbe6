import { didYouMean } from '../../lib/nearest.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import type { ImageSettings, Publication } from '../../model/publication.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

type Setting = NonNullable<ImageSettings['encryption']> & { made: readonly string[] };

/** What is encrypted can be, with a key of each region, and shared as the config says. */
export const encryption: Rule = (publication) => {
  const settings = settingsOf(publication);
  return [
    ...instanceStore(publication),
    ...settings.flatMap((setting) => [
      ...keysByRegion(setting, publication),
      ...keysElsewhere(setting),
      ...sharedProblems(setting, publication),
    ]),
  ];
};

/** Each setting once, with the names of the regions in which images are made that have it. */
function settingsOf(publication: Publication): Setting[] {
  const said = publication.images.flatMap((image) => {
    const made = regionsOfImage(publication, image).map(({ name }) => name);
    return image.encryption ? [{ ...image.encryption, made }] : [];
  });
  return [...Map.groupBy(said, ({ place }) => place).values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, made: [...new Set(same.flatMap(({ made }) => made))] }] : [];
  });
}

/** A bundle is encrypted by the AMI tools, for EC2 and for its maker; there is no volume that KMS could encrypt. */
const instanceStore = ({ images }: Publication): Problem[] =>
  images.flatMap(({ encryption: setting, rootDevice }, index): Problem[] => {
    if (!setting || rootDevice !== 'instance-store') return [];
    const own = placeOf(['images', index, 'encryption']);
    return [
      {
        place: setting.place,
        expected: 'images on EBS, whose volumes KMS encrypts',
        found: `${placeOf(['images', index])} on instance-store, whose bundle the AMI tools encrypt in their own way`,
        advice:
          setting.place === own ? 'Remove it.' : `Add "encryption": false to ${placeOf(['images', index])}.`,
      },
    ];
  });

/** A key, and its place, of each region for which the setting names one. */
function keysOf({ kmsKey, place, made }: Setting): [string, key: string, place: string][] {
  if (kmsKey === undefined) return [];
  return typeof kmsKey === 'string'
    ? made.map((name) => [name, kmsKey, `${place}.kmsKey`])
    : Object.entries(kmsKey).map(([region, key]) => [region, key, `${place}.kmsKey.${region}`]);
}

function keysByRegion({ kmsKey, place, made }: Setting, { regions }: Publication): Problem[] {
  if (kmsKey === undefined || typeof kmsKey === 'string') return [];
  const names = regions.map(({ name }) => name);
  const lacking = made.filter((name) => !Object.hasOwn(kmsKey, name));
  const unknown = Object.keys(kmsKey).filter((name) => !names.includes(name));
  return [
    ...unknown.map((name) => ({
      place: `${place}.kmsKey.${name}`,
      expected: 'a region that is in "regions"',
      found: JSON.stringify(name),
      advice: didYouMean(name, names) ?? `The regions are ${names.join(', ')}.`,
    })),
    ...(lacking.length === 0
      ? []
      : [
          {
            place: `${place}.kmsKey`,
            expected: 'a key for every region in which its images are made',
            found: `none for ${lacking.join(', ')}`,
          },
        ]),
  ];
}

/** An ARN names the region that its key is in ("Resource types defined by AWS Key Management Service"). */
function keysElsewhere(setting: Setting): Problem[] {
  const elsewhere = keysOf(setting).flatMap(([region, key, place]) => {
    const [, its] = /^arn:[^:]+:kms:([^:]+):/.exec(key) ?? [];
    return its === undefined || its === region ? [] : [{ region, its, place }];
  });
  return [...Map.groupBy(elsewhere, ({ place }) => place)].flatMap(([place, some]): Problem[] => {
    const [first] = some;
    if (!first) return [];
    return [
      {
        place,
        expected: `a key in ${some.map(({ region }) => region).join(', ')}, where volumes are encrypted with it`,
        found: `one in ${first.its}`,
        advice:
          'Set a key for each region, "kmsKey": {"us-east-1": "…", "eu-west-1": "…"}, or an alias that each region has.',
      },
    ];
  });
}

/** AWS's own key, which nobody else can use ("Share an Amazon EBS snapshot", Amazon EBS User Guide). */
const awsManaged = /(?:^|:)alias\/aws\/ebs$/;

/** What is encrypted can never be public, and under AWS's own key be shared with nobody (there). */
function sharedProblems(setting: Setting, publication: Publication): Problem[] {
  const { share } = publication;
  if (share.public) {
    return [
      {
        place: setting.place,
        expected: 'no encryption, since "share" makes the AMIs public and an encrypted AMI cannot be',
        found: setting.kmsKey === undefined ? 'true' : 'a key',
        advice: 'Remove it, or share with accounts instead, with a customer managed key in "kmsKey".',
      },
    ];
  }
  if (share.accounts.length + share.organizations.length === 0) return [];
  const managed = keysOf(setting).filter(([, key]) => awsManaged.test(key));
  return [...new Map(managed.map(([, key, place]) => [place, key]))].map(([place, key]) => ({
    place,
    expected: 'a customer managed key, since those in "share" cannot use the AWS managed key',
    found: JSON.stringify(key),
    advice: 'Set the key, and let its policy allow those accounts to use it; or remove "encryption".',
  }));
}
