import { fill, stringsIn, variablePlaceholders, wholeVariable } from '../lib/placeholders.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { regionsOfImage } from '../model/regions-of-image.ts';
import { combinedImages } from './image.ts';
import { optionValues } from './target-values.ts';

/**
 * Text that Packer would evaluate as a Go template although it is none. Packer evaluates an option again until nothing changes
 * (packer-plugin-sdk, template/interpolate: `Render`; measured on 1.6.6 and 1.16.0), so no escape sequence keeps it as it is.
 */
export function templateProblems(publication: Publication): Problem[] {
  const written = writtenOptions(publication);
  const images = combinedImages(publication);
  return written.flatMap(({ path, text, isScript }) => [
    ...(isScript ? evaluatedScript(placeOf(path), text) : []),
    ...images.flatMap((image) => evaluatedValue(publication, image, placeOf(path), text)),
  ]);
}

interface WrittenOption {
  path: (string | number)[];
  text: string;
  /** Whether it is a part of a script or of its environment. */
  isScript: boolean;
}

/** Options with the text of scripts. They have no fields (`.Vars`): Packer writes "<no value>" for one. */
const scripts = new Set(['inline', 'environment_vars', 'env']);

function writtenOptions({ provisioners, images, regions }: Publication): WrittenOption[] {
  const builders: [(string | number)[], unknown][] = [
    ...images.map(({ builder }, index): [(string | number)[], unknown] => [
      ['images', index, 'builder'],
      builder,
    ]),
    ...regions.map(({ name, builder }): [(string | number)[], unknown] => [['regions', name], builder]),
  ];
  return [
    ...provisioners.flatMap((provisioner, index) =>
      Object.entries(provisioner).flatMap(([key, value]) =>
        stringsIn(value, ['provisioners', index, key]).map((one) => ({ ...one, isScript: scripts.has(key) })),
      ),
    ),
    ...builders.flatMap(([path, options]) =>
      stringsIn(options, path).map((one) => ({ ...one, isScript: false })),
    ),
  ];
}

/** Functions that Packer offers in every option (packer-plugin-sdk, template/interpolate/funcs.go). */
const functions =
  'aws_secretsmanager|aws_secretsmanager_raw|build|build_name|build_type|consul_key|env|isotime|lower|packer_version|pwd|' +
  'replace|replace_all|sed|split|strftime|template_dir|timestamp|upper|user|uuid|vault';
const noFunction = new RegExp(String.raw`\{\{(?!-?\s*(?:["\`]|(?:${functions})\b))[^}]*\}*`);

function evaluatedScript(place: string, text: string): Problem[] {
  const [found] = noFunction.exec(text) ?? [];
  if (found === undefined) return [];
  return [
    {
      place,
      expected: 'text, or a function of Packer such as {{timestamp}}',
      found: `${found}, which Packer would evaluate to nothing`,
      advice: 'Move the command to a file and name it in "script": Packer uploads that as it is.',
    },
  ];
}

function evaluatedValue(publication: Publication, image: Image, place: string, text: string): Problem[] {
  const [region] = regionsOfImage(publication, image);
  if (!region) return [];
  const values = optionValues(publication, image, region.name);
  const { secrets = new Map(), variables = {} } = publication;
  const list = variables[wholeVariable(text) ?? ''];
  const items = Array.isArray(list) ? list.filter((item) => item.includes('{{')) : [];
  const secretsOf = (one: string) => variablePlaceholders(one).filter((name) => secrets.has(name));
  const found: [name: string, value: string][] = [];
  fill(text, values, (value, following, name) => {
    const ends = value.endsWith('{') && fill(following, values).startsWith('{');
    if (value.includes('{{') || ends) found.push([name, value]);
    return value;
  });
  for (const item of items) found.push([`var.${wholeVariable(text)}`, item]);
  const wants = secretsOf(fill(text, values));
  if (
    wants.length > secretsOf(text).length ||
    [list ?? []].flat().some((item) => secretsOf(String(item)).length > 0)
  ) {
    return [
      {
        place,
        expected: 'values of placeholders that name no secret variable',
        found: `one that names {var.${wants.at(-1) ?? ''}}`,
        advice: 'Use another value.',
      },
    ];
  }
  return found.map(([name, value]) => ({
    place,
    expected: `a value of {${name}} without "{{"`,
    found: `${describeValue(value)}, which Packer would evaluate`,
    advice: 'Use another value, or pass it in a file.',
  }));
}
