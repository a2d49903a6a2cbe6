import { placeOf } from '../../lib/problem.ts';
import type { Json, Publication } from '../../model/publication.ts';

/** An object of Packer's builder options, and its place: an image's, or a region's overrides. */
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

/** Everything that may contain placeholders of options: builder options, those of regions, provisioners. */
export const optionsOf = (publication: Publication): { path: (string | number)[]; value: Json }[] => [
  ...buildersOf(publication).map(({ path, options }) => ({ path, value: options })),
  ...publication.provisioners.map((provisioner, index) => ({
    path: ['provisioners', index],
    value: provisioner as Json,
  })),
];
