import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { type Kind, wordsOfKind } from './entry.ts';

type Described = Pick<
  Image,
  'name' | 'place' | 'variables' | 'base' | 'architecture' | 'virtualization' | 'rootDevice'
>;

/**
 * What an image's AMIs are recorded as; undefined where nothing says which Ubuntu it is: `base.ubuntu`, or a matrix
 * variable of that name.
 */
export function kindOf(image: Described): Kind | undefined {
  const release = 'ubuntu' in image.base ? image.base.ubuntu : image.variables.ubuntu;
  if (release === undefined || !/^[0-9]{4}$/.test(release)) return undefined;
  const { architecture, rootDevice } = image;
  const virtualization = image.virtualization === 'hvm' ? 'hvm' : 'pv';
  return { distributor: 'Ubuntu', release, virtualization, architecture, rootDevice };
}

/** Why the images of a publication that records cannot be told by the file's keys. */
export function recordProblems(
  { record }: Pick<Publication, 'record'>,
  images: readonly Described[],
): Problem[] {
  if (record === undefined) return [];
  const first = new Map<string, Described>();
  return images.flatMap((image): Problem[] => {
    const kind = kindOf(image);
    if (!kind) {
      const expected = `{"ubuntu": "2204"}, or "ubuntu" in the matrix: "record" writes down each AMI's release`;
      const found = `${image.name}, of which no release of Ubuntu is known`;
      return [
        { place: `${image.place}.base`, expected, found, advice: `or leave ${placeOf(['record'])} out` },
      ];
    }
    const words = wordsOfKind(kind).join(' ');
    const earlier = first.get(words);
    if (!earlier) {
      first.set(words, image);
      return [];
    }
    const expected = `images of which ${record} can tell each AMI: by release, virtualization, architecture or root device`;
    return [{ place: image.place, expected, found: `${earlier.name} and ${image.name}, both ${words}` }];
  });
}
