import { definedOnly } from '../lib/defined-only.ts';
import { isObject } from '../lib/is-object.ts';
import { fill, stringsIn, variablePlaceholders, wholeVariable } from '../lib/placeholders.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { regionsOfImage } from '../model/regions-of-image.ts';
import { combinedImages } from './image.ts';
import { optionValues } from './target-values.ts';

/**
 * Text that Packer would evaluate as a Go template by mistake. Packer evaluates an option again until nothing changes
 * (packer-plugin-sdk, template/interpolate: `Render`; measured on 1.6.6 and 1.16.0), so no escape sequence can protect it.
 */
export function templateProblems(publication: Publication): Problem[] {
  const written = writtenOptions(publication);
  const images = combinedImages(publication);
  return written.flatMap(({ path, text, kind }) => [
    ...(kind === undefined ? [] : evaluatedText(placeOf(path), text, kinds[kind])),
    ...images.flatMap((image) => evaluatedValue(publication, image, placeOf(path), text)),
  ]);
}

interface WrittenOption {
  path: (string | number)[];
  text: string;
  /** Absent: the text of an option that has its own fields, or whose fields are not known here; such text passes. */
  kind?: keyof typeof kinds;
}

/** Options that contain scripts. They have no fields (`.Vars`): Packer writes "<no value>" for one. */
const scripts: ReadonlySet<string> = new Set(['inline', 'environment_vars', 'env', 'command']);

/** Packer's own provisioners. None of their options have fields except these commands, which Packer evaluates when it runs them. */
const ofPacker: ReadonlySet<string> = new Set([
  'shell',
  'shell-local',
  'file',
  'powershell',
  'windows-shell',
  'windows-restart',
  'breakpoint',
]);
const withFields: ReadonlySet<string> = new Set(['execute_command', 'elevated_execute_command']);

/**
 * Builder options with the fields of the base image, and options of amazon-instance with their own fields: those that each
 * builder excludes in its `InterpolateFilter` (packer-plugin-amazon, builder/ebs and builder/instance). The others have none.
 */
const described = /^(?:ami_description|(?:\w+_)?tags?)$/;
const bundling = /^bundle_(?:upload|vol)_command$/;

const kindOfProvisioner = (type: string, option: string): WrittenOption['kind'] => {
  if (withFields.has(option)) return undefined;
  if (scripts.has(option) && type !== 'ansible-local') return 'script';
  if (!ofPacker.has(type)) return undefined;
  return option === 'content' ? 'content' : 'plain';
};

const kindOfBuilder = (option: string): WrittenOption['kind'] => {
  if (bundling.test(option)) return undefined;
  if (described.test(option)) return 'description';
  return option === 'user_data' ? 'userData' : 'plain';
};

function writtenOptions({ provisioners, images, regions }: Publication): WrittenOption[] {
  const builders: [(string | number)[], unknown][] = [
    ...images.flatMap(({ builder }, index) => optionsIn(builder, ['images', index, 'builder'])),
    ...regions.flatMap(({ name, builder }) => optionsIn(builder, ['regions', name])),
  ];
  return [
    ...provisioners.flatMap((provisioner, index) =>
      Object.entries(provisioner).flatMap(([key, value]) => {
        const kind = kindOfProvisioner(provisioner.type, key);
        return stringsIn(value, ['provisioners', index, key]).map((one) => ({
          ...one,
          ...definedOnly({ kind }),
        }));
      }),
    ),
    ...builders.flatMap(([path, value]) => {
      const kind = kindOfBuilder(String(path.at(-1)));
      const keys =
        kind === 'description' && isObject(value) ? Object.keys(value).map((text) => ({ path, text })) : [];
      return [...keys, ...stringsIn(value, path)].map((one) => ({ ...one, ...definedOnly({ kind }) }));
    }),
  ];
}

const optionsIn = (
  options: Record<string, unknown>,
  path: (string | number)[],
): [path: (string | number)[], value: unknown][] =>
  Object.entries(options).map(([option, value]) => [[...path, option], value]);

/** Functions that Packer offers in every option (packer-plugin-sdk, template/interpolate/funcs.go). */
const functions =
  'aws_secretsmanager|aws_secretsmanager_raw|build|build_name|build_type|consul_key|env|isotime|lower|packer_version|pwd|' +
  'replace|replace_all|sed|split|strftime|template_dir|timestamp|upper|user|uuid|vault';
/** Functions and keywords of Go's text/template. */
const ofGo =
  'and|block|break|call|continue|define|else|end|eq|ge|gt|html|if|index|js|le|len|lt|ne|not|or|print|printf|println|range|' +
  'slice|template|urlquery|with';
/** Packer's documentation of the amazon builders, "Build template data". */
const ofBaseImage =
  'BuildRegion|SourceAMI|SourceAMICreationDate|SourceAMIName|SourceAMIOwner|SourceAMIOwnerName|SourceAMITags';

interface TextKind {
  /** The parts of a template that are not Packer's own there. */
  foreign: RegExp;
  expected: string;
  advice: string;
}

const startingWith = (own: string): RegExp => new RegExp(String.raw`\{\{(?!-?\s*(?:${own}))[^}]*\}*`);
const literals = '["`]';

const evaluated = String.raw`${literals}|[$(\d]|/\*|(?:${functions}|${ofGo})\b`;
const plain = {
  foreign: startingWith(evaluated),
  expected: 'text, or a function of Packer such as {{timestamp}}',
  advice: 'Write it without "{{", which Packer always evaluates.',
};

const kinds = {
  script: {
    ...plain,
    foreign: startingWith(String.raw`${literals}|(?:${functions})\b`),
    advice: 'Move the command to a file and set it as "script": Packer uploads it unchanged.',
  },
  content: {
    ...plain,
    advice: 'Move the text to a file and set it as "source": Packer uploads it unchanged.',
  },
  userData: {
    ...plain,
    advice: 'Move the text to a file and set it as "user_data_file": Packer passes it on unchanged.',
  },
  plain,
  description: {
    ...plain,
    foreign: startingWith(String.raw`${evaluated}|\.(?:${ofBaseImage})\b`),
    expected: 'text, a function of Packer, or a field of the base image such as {{ .SourceAMIName }}',
  },
} as const satisfies Record<string, TextKind>;

function evaluatedText(place: string, text: string, { foreign, expected, advice }: TextKind): Problem[] {
  const [found] = foreign.exec(text) ?? [];
  if (found === undefined) return [];
  return [{ place, expected, found: `${found}, which Packer would evaluate to nothing`, advice }];
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
