import { placeOf } from '../../lib/problem.ts';
import type { Json, Publication } from '../publication.ts';

/** An object of options of Packer's builder, and where it stands: an image's, or a region's overrides. */
export interface Builder {
  path: (string | number)[];
  options: Record<string, Json>;
}

/** All objects of builder options in a publication. */
export function buildersOf(publication: Publication): Builder[] {
  return [
    ...publication.images.map(({ builder }, index) => ({
      path: ['images', index, 'builder'],
      options: builder,
    })),
    ...publication.regions.map(({ name, builder }) => ({ path: ['regions', name], options: builder })),
  ];
}

export const optionPlace = ({ path }: Builder, ...rest: (string | number)[]): string =>
  placeOf([...path, ...rest]);
