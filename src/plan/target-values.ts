import { definedOnly } from '../lib/defined-only.ts';
import { asTexts, fill } from '../lib/placeholders.ts';
import { copiedFrom } from '../model/copies.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { isMadeIn } from '../model/regions-of-image.ts';
import type { Copy } from '../model/release-plan.ts';

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

/** The name of the target's AMI. It is the same on every machine and in every run, since the AMI is found by it. */
export function amiNameOf(publication: Publication, image: Image, region: string): string {
  return fill(image.amiName, targetValues(publication, image, region));
}

/** A target before its base image is known. */
export interface TargetName {
  name: string;
  region: string;
  image: string;
  /** Absent: the target is built. */
  copy?: Copy;
}

/** Every target of a publication: region by region, and in each the images in order. */
export function targetNames(publication: Publication, images: readonly Image[]): TargetName[] {
  return publication.regions.flatMap((settings) =>
    images
      .filter((image) => isMadeIn(image, settings.name))
      .map((image) => {
        const { name: region } = settings;
        const from = copiedFrom(image, settings);
        return {
          name: targetName(region, image.name),
          region,
          image: image.name,
          ...(from === undefined ? {} : { copy: copyOf(image, from) }),
        };
      }),
  );
}

const copyOf = ({ name, copyWithin }: Image, region: string): Copy => ({
  from: targetName(region, name),
  region,
  ...definedOnly({ within: copyWithin?.minutes }),
});
