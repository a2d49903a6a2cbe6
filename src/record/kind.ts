import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { type Kind, wordsOfKind } from './entry.ts';

type Described = Pick<
  Image,
  'name' | 'place' | 'variables' | 'base' | 'architecture' | 'virtualization' | 'rootDevice'
>;

/**
 * The kind that an image's AMIs are recorded as; undefined where neither `base.ubuntu` nor a matrix variable `ubuntu` gives the
 * release.
 */
export function kindOf(image: Described): Kind | undefined {
  const release = 'ubuntu' in image.base ? image.base.ubuntu : image.variables.ubuntu;
  if (release === undefined || !/^[0-9]{4}$/.test(release)) return undefined;
  const { architecture, rootDevice } = image;
  const virtualization = image.virtualization === 'hvm' ? 'hvm' : 'pv';
  return { distributor: 'Ubuntu', release, virtualization, architecture, rootDevice };
}

/** Why the ids file could not tell the images of a publication apart. */
export function recordProblems(
  { record }: Pick<Publication, 'record'>,
  images: readonly Described[],
): Problem[] {
  if (record === undefined) return [];
  const first = new Map<string, Described>();
  return images.flatMap((image): Problem[] => {
    const kind = kindOf(image);
    if (!kind) {
      const expected = `{"ubuntu": "2204"}, or "ubuntu" in the matrix: "record" writes each AMI's Ubuntu release`;
      const found = `${image.name}, whose Ubuntu release is not known`;
      return [
        {
          place: `${image.place}.base`,
          expected,
          found,
          advice: `Write it so, or remove ${placeOf(['record'])}.`,
        },
      ];
    }
    const words = wordsOfKind(kind).join(' ');
    const earlier = first.get(words);
    if (!earlier) {
      first.set(words, image);
      return [];
    }
    const expected = `images that ${record} can tell apart: by release, virtualization, architecture or root device`;
    return [{ place: image.place, expected, found: `${earlier.name} and ${image.name}, both ${words}` }];
  });
}
