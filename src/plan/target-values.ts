import { definedOnly } from '../lib/defined-only.ts';
import { asTexts, fill } from '../lib/placeholders.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { isMadeIn } from '../model/regions-of-image.ts';

/** `{region}-{image}`: it starts with a letter, as Packer requires of a source's name. */
export const targetName = (region: string, image: string): string => `${region}-${image}`;

/** The placeholders of a target and their values. A matrix variable never overrides a built-in one. */
export function targetValues(publication: Publication, image: Image, region: string): Record<string, string> {
  return {
    ...image.variables,
    architecture: image.architecture,
    virtualization: image.virtualization,
    version: publication.version,
    publication: publication.name,
    region,
    image: image.name,
  };
}

/** `targetValues` for options of builders and provisioners, which may differ between machines; names may not. */
export function optionValues(publication: Publication, image: Image, region: string): Record<string, string> {
  const { gitBranch, variables = {} } = publication;
  return {
    ...asTexts(variables),
    ...publication.moment,
    ...targetValues(publication, image, region),
    ...definedOnly({ 'git.branch': gitBranch }),
  };
}

/** The name of the target's AMI. The same on every machine and in every run: the AMI is found by it. */
export function amiNameOf(publication: Publication, image: Image, region: string): string {
  return fill(image.amiName, targetValues(publication, image, region));
}

/** A target before its base image is known. */
export interface TargetName {
  name: string;
  region: string;
  image: string;
}

/** Every target of a publication: region by region, in each the images in their order. */
export function targetNames(publication: Publication, images: readonly Image[]): TargetName[] {
  return publication.regions.flatMap(({ name: region }) =>
    images
      .filter((image) => isMadeIn(image, region))
      .map(({ name: image }) => ({ name: targetName(region, image), region, image })),
  );
}
