import { didYouMean } from '../../lib/nearest.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import type { ImageSettings, Publication } from '../../model/publication.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

type Setting = NonNullable<ImageSettings['encryption']> & { made: readonly string[] };

/** Encryption is possible, with a key for each region, and the AMIs are not public. */
export const encryption: Rule = (publication) => {
  const settings = settingsOf(publication);
  return [
    ...instanceStore(publication),
    ...settings.flatMap((setting) => [
      ...keysByRegion(setting, publication),
      ...publicProblems(setting, publication),
    ]),
  ];
};

/** Each setting once, with the names of the regions of the images that have it. */
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

/** The AMI tools encrypt a bundle, for EC2 and for its creator; there is no volume that KMS could encrypt. */
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

/** An encrypted AMI can never be public ("Share an Amazon EBS snapshot", Amazon EBS User Guide). */
function publicProblems({ kmsKey, place }: Setting, { share }: Publication): Problem[] {
  if (!share.public) return [];
  return [
    {
      place,
      expected: 'no encryption, since "share" makes the AMIs public and an encrypted AMI cannot be',
      found: kmsKey === undefined ? 'true' : 'a key',
      advice: 'Remove it, or share with accounts instead, with a customer managed key in "kmsKey".',
    },
  ];
}
