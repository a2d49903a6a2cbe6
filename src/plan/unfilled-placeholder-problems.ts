import { placeholdersIn, stringsIn } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Json, Publication } from '../model/publication.ts';

/** Known in every option of builders and provisioners. */
const everywhere = ['architecture', 'virtualization', 'version', 'publication', 'region', 'image'];

/** Options that contain scripts, whose braces are their own. */
const scripts = new Set(['inline', 'content', 'user_data', 'execute_command', 'command']);

/**
 * Placeholders that gopackgo knows but that would stay text where they are: an image only has the variables of its own matrix,
 * and keys are not filled in. Pure.
 */
export function unfilledPlaceholderProblems({ images, regions, provisioners }: Publication): Problem[] {
  const variables = new Set(images.flatMap(({ matrix }) => Object.keys(matrix)));
  const inKeys = new Set([...everywhere, ...variables]);
  const commonToAll = [...variables].filter((name) =>
    images.every(({ matrix }) => Object.hasOwn(matrix, name)),
  );
  const parts: [path: (string | number)[], options: Record<string, Json | undefined>, filled: string[]][] = [
    ...images.map(({ builder, matrix }, index): (typeof parts)[number] => [
      ['images', index, 'builder'],
      builder,
      Object.keys(matrix),
    ]),
    ...regions.map(({ name, builder }): (typeof parts)[number] => [['regions', name], builder, commonToAll]),
    // A provisioner that runs for some images only may use the variables of those.
    ...provisioners.map((provisioner, index): (typeof parts)[number] => [
      ['provisioners', index],
      provisioner,
      [...variables],
    ]),
  ];
  return parts.flatMap(([path, options, filled]) => [
    ...Object.entries(options).flatMap(([option, value]) =>
      scripts.has(option)
        ? []
        : stringsIn(value, [...path, option]).flatMap(({ path: at, text }) =>
            placeholdersIn(text)
              .filter((name) => variables.has(name) && !filled.includes(name))
              .map((name) => staysText(placeOf(at), name)),
          ),
    ),
    ...keysIn(options, path).flatMap(({ path: at, key }) =>
      placeholdersIn(key)
        .filter((name) => inKeys.has(name) || /^(?:var|timestamp)(?:\.|$)/.test(name))
        .map((name) => ({
          place: placeOf(at),
          expected: 'a key without placeholders, which are filled in only in values',
          found: `{${name}}`,
        })),
    ),
  ]);
}

const staysText = (place: string, name: string): Problem => ({
  place,
  expected: 'a placeholder that is filled in here',
  found: `{${name}}, which would stay as it is written`,
  advice: 'Add it to the matrix of every image that this is for.',
});

function keysIn(value: unknown, path: (string | number)[]): { path: (string | number)[]; key: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => keysIn(item, [...path, index]));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => [
    { path: [...path, key], key },
    ...keysIn(item, [...path, key]),
  ]);
}
