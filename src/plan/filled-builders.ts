import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Json, Publication } from '../model/publication.ts';
import { builderOptionsFor } from './builder-options.ts';

/** The options of a builder as Packer gets them, with placeholders filled in. */
export interface FilledBuilder {
  region: string;
  image: Image;
  options: Record<string, Json>;
  /** Where an option is in the config: `images[0].builder.tags.Name`, or `regions.us-east-1.tags.Name`. */
  at(option: string, ...inside: (string | number)[]): string;
}

/** The builders of every image in every region. Pure. */
export const filledBuilders = (publication: Publication, images: readonly Image[]): FilledBuilder[] =>
  publication.regions.flatMap(({ name: region, builder: overrides }) =>
    images.map((image) => ({
      region,
      image,
      options: builderOptionsFor(publication, image, region),
      at: (option, ...inside) =>
        Object.hasOwn(overrides, option)
          ? placeOf(['regions', region, option, ...inside])
          : `${image.place}.${placeOf(['builder', option, ...inside])}`,
    })),
  );

/** The same problem at the same place is reported once, however many targets have it. Pure. */
export const eachOnce = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];

/** Parts that Packer fills in during the build: their length and content are not known here. */
const packersOwn = /\{\{[^}]*\}\}|\$\{[^}]*\}/g;

/** A text without the parts that Packer fills in. Pure. */
export const withoutPackersOwn = (text: string): string => text.replace(packersOwn, '');
