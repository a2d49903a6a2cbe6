import type { Image } from '../model/image.ts';
import type { Json, Provisioner, Publication } from '../model/publication.ts';
import type { PackerSource } from '../model/release-plan.ts';
import { fillOptions } from './fill-options.ts';
import { optionValues, type TargetName } from './target-values.ts';

/** Whether a provisioner runs for a target, by its `only` and `except`: full names of images or targets. */
export function appliesTo({ only, except }: Provisioner, { name, image }: TargetName): boolean {
  const names = (list: string[]) => list.includes(name) || list.includes(image);
  return (only === undefined || names(only)) && !(except !== undefined && names(except));
}

/** The provisioners of a target, in the order of the config, with known placeholders filled in as text; others stay as written. */
export function provisionersFor(
  publication: Publication,
  image: Image,
  target: TargetName,
): PackerSource['provisioners'] {
  return publication.provisioners
    .filter((provisioner) => appliesTo(provisioner, target))
    .map((provisioner) => filledProvisioner(publication, image, target, provisioner));
}

/** One provisioner as Packer gets it for a target: without `only` and `except`, placeholders filled in. */
export function filledProvisioner(
  publication: Publication,
  image: Image,
  { region }: TargetName,
  { type, only: _only, except: _except, ...options }: Provisioner,
): PackerSource['provisioners'][number] {
  const values = optionValues(publication, image, region);
  const filled = Object.entries(options).flatMap(([key, value]): [string, Json][] =>
    value === undefined ? [] : [[key, fillOptions(value, values, publication.variables)]],
  );
  return { type, options: Object.fromEntries(filled) };
}
