import { definedOnly } from '../lib/defined-only.ts';
import { fill, filledItems } from '../lib/placeholders.ts';
import { placeOf } from '../lib/problem.ts';
import { isExcluded } from '../model/excluded.ts';
import type { Image, Values } from '../model/image.ts';
import type { BaseSettings, ImageSettings, Publication, PublishedBase } from '../model/publication.ts';

/** Every combination of every matrix, without checking the resulting names: `expandImages` does. */
export function combinedImages(publication: Publication): Image[] {
  return publication.images.flatMap((settings, index) =>
    combinations(settings).map((variables) => toImage(publication, settings, index, variables)),
  );
}

/** How many images a matrix expands to. */
export const sizeOfMatrix = (matrix: ImageSettings['matrix']): number =>
  Object.values(matrix).reduce((size, values) => size * values.length, 1);

function combinations({ matrix, exclude = [] }: ImageSettings): Values[] {
  return Object.entries(matrix)
    .reduce<Values[]>(
      (all, [variable, values]) =>
        all.flatMap((one) => values.map((value) => ({ ...one, [variable]: value }))),
      [{}],
    )
    .filter((one) => !isExcluded(exclude, one));
}

function toImage(publication: Publication, settings: ImageSettings, index: number, variables: Values): Image {
  const architecture = fill(settings.architecture, variables);
  const virtualization = fill(settings.virtualization, variables);
  const values = { ...variables, architecture, virtualization };
  const { name: publicationName, version, variables: ofConfig = {} } = publication;
  const filled = (text: string) =>
    filledItems(text, ofConfig, { ...values, version, publication: publicationName });
  return {
    name: fill(settings.name, values),
    place: placeOf(['images', index]),
    variables,
    ...definedOnly({ regions: settings.regions }),
    amiName: settings.amiName ?? publication.amiName,
    amiNamePlace: settings.amiName === undefined ? 'amiName' : placeOf(['images', index, 'amiName']),
    base: filledBase(settings.base, filled, values),
    architecture,
    virtualization,
    rootDevice: settings.rootDevice,
    bundle: settings.bundle,
    builder: settings.builder,
    ...definedOnly({
      copyFrom: settings.copyFrom,
      copyWithin: settings.copyWithin,
      encryption: settings.encryption,
    }),
  };
}

/** For a text that is a list variable, `filled` gives all items: in a filter each is a separate value. */
function filledBase(base: BaseSettings, filled: (text: string) => string[], values: Values): BaseSettings {
  const text = (written: string) => filled(written).join(',');
  if ('publication' in base) return filledPublishedBase(base, text, values);
  if ('ubuntu' in base) return { ubuntu: text(base.ubuntu) };
  if ('ssm' in base) return { ssm: text(base.ssm) };
  if ('id' in base) {
    return { id: Object.fromEntries(Object.entries(base.id).map(([region, id]) => [region, text(id)])) };
  }
  const { owners, filters } = base.filter;
  const entries = Object.entries(filters).map(([name, values]) => [name, values.flatMap(filled)]);
  return { filter: { owners: owners.flatMap(filled), filters: Object.fromEntries(entries) } };
}

/**
 * In the name of the other publication's AMI `{version}` and `{region}` stay: they belong to that publication, and are not
 * known yet.
 */
function filledPublishedBase(
  base: PublishedBase,
  filled: (text: string) => string,
  values: Values,
): PublishedBase {
  const [publication, image] = [filled(base.publication), filled(base.image)];
  const amiName =
    base.amiName === undefined ? undefined : fill(base.amiName, { ...values, publication, image });
  const owner = base.owner === undefined ? undefined : filled(base.owner);
  return { publication, image, release: filled(base.release), ...definedOnly({ owner, amiName }) };
}
