import { definedOnly } from '../lib/defined-only.ts';
import { didYouMean } from '../lib/nearest.ts';
import { placeholdersIn } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { BaseSettings, Publication } from '../model/publication.ts';

const ofImage = ['virtualization', 'architecture'];
const ofPublication = ['version', 'publication'];
const ofTarget = ['region', 'image'];

/** The same release has the same names on every machine: use the version or the file to distinguish releases, not a variable. */
const notInNames =
  'A name cannot contain a variable. Pass the value as the version (gopackgo publish PUB@VALUE, with {version} in the name), ' +
  'or set it in another config that extends this one.';

/** Unknown placeholders in names. */
export function placeholderProblems(publication: Publication): Problem[] {
  const users = publication.images.filter(({ amiName }) => amiName === undefined);
  const common = publication.images
    .flatMap(({ matrix }) => Object.keys(matrix))
    .filter((variable) => users.every(({ matrix }) => Object.hasOwn(matrix, variable)));
  return [
    ...unknownPlaceholder('amiName', publication.amiName, [
      ...common,
      ...ofImage,
      ...ofPublication,
      ...ofTarget,
    ]),
    ...publication.images.flatMap((image, index) => {
      const variables = Object.keys(image.matrix);
      const at = (...path: string[]) => placeOf(['images', index, ...path]);
      return [
        ...unknownPlaceholder(at('name'), image.name, [...variables, ...ofImage]),
        ...unknownPlaceholder(at('amiName'), image.amiName ?? '', [
          ...variables,
          ...ofImage,
          ...ofPublication,
          ...ofTarget,
        ]),
        ...textsOf(image.base).flatMap(([path, text]) =>
          unknownPlaceholder(
            at('base', ...path),
            text,
            [...variables, ...ofImage, ...ofPublication],
            Object.keys(publication.variables ?? {}),
          ),
        ),
        ...('publication' in image.base
          ? unknownPlaceholder(at('base', 'amiName'), image.base.amiName ?? '', [
              ...variables,
              ...ofImage,
              ...ofPublication,
              ...ofTarget,
            ])
          : []),
        ...unknownPlaceholder(at('bundle', 'bucket'), image.bundle.bucket ?? '', [
          ...variables,
          ...ofImage,
          ...ofPublication,
          ...ofTarget,
        ]),
        ...unknownPlaceholder(at('architecture'), image.architecture, variables),
        ...unknownPlaceholder(at('virtualization'), image.virtualization, variables),
      ];
    }),
  ];
}

/** The texts of a base that may have placeholders, each with its path. */
function textsOf(base: BaseSettings): [path: string[], text: string][] {
  if ('ubuntu' in base) return [[['ubuntu'], base.ubuntu]];
  if ('ssm' in base) return [[['ssm'], base.ssm]];
  if ('id' in base) return [];
  if ('publication' in base) {
    return [
      [['publication'], base.publication],
      [['image'], base.image],
      [['release'], base.release],
      [['owner'], base.owner ?? ''],
    ];
  }
  return Object.entries(base.filter.filters).flatMap(([name, values]) =>
    values.map((value): [string[], string] => [['filter', name], value]),
  );
}

/**
 * The placeholders of a text that are not known there.
 *
 * @param variables the config's variables, if they may be used; `variables.ts` reports unknown ones there.
 */
export function unknownPlaceholder(
  place: string,
  text: string,
  known: string[],
  variables?: string[],
): Problem[] {
  const names = [...new Set(known)];
  return placeholdersIn(text)
    .filter((name) => !names.includes(name) && !(variables && name.startsWith('var.')))
    .map((name) => {
      const advice = name.startsWith('var.') ? notInNames : didYouMean(name, names);
      return {
        place,
        expected:
          names.length > 0 ? `one of ${names.map((one) => `{${one}}`).join(', ')}` : 'no placeholder here',
        found: `{${name}}`,
        ...definedOnly({ advice }),
      };
    });
}
