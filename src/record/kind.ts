import type { Image } from '../model/image.ts';
import { type Kind, wordsOfKind } from './entry.ts';

type Described = Pick<
  Image,
  'name' | 'variables' | 'base' | 'architecture' | 'virtualization' | 'rootDevice'
>;

/**
 * The kinds under which a publication's AMIs are recorded, by the image's name. An image of unknown Ubuntu release (by
 * `base.ubuntu`, or by a matrix variable `ubuntu`) has a name in its kind, and so have images that do not differ otherwise.
 * Pure.
 */
export function kindsOf(publication: string, images: readonly Described[]): Map<string, Kind> {
  const described = images.map((image) => ({ image, kind: kindOf(image) }));
  const alike = Map.groupBy(described, ({ kind }) => wordsOfKind(kind).join('\n'));
  return new Map(
    described.map(({ image, kind }) => {
      const isAlone = alike.get(wordsOfKind(kind).join('\n'))?.length === 1;
      const isKnown = kind.distributor !== undefined && isAlone;
      return [image.name, isKnown ? kind : { ...kind, name: `${publication}/${image.name}` }];
    }),
  );
}

function kindOf(image: Described): Kind {
  const { architecture, rootDevice } = image;
  const virtualization = image.virtualization === 'hvm' ? 'hvm' : 'pv';
  const release = 'ubuntu' in image.base ? image.base.ubuntu : image.variables.ubuntu;
  const isUbuntu = release !== undefined && /^[0-9]{4}$/.test(release);
  return {
    ...(isUbuntu ? { distributor: 'Ubuntu', release } : {}),
    virtualization,
    architecture,
    rootDevice,
  };
}
