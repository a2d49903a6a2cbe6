import { definedOnly } from '../lib/defined-only.ts';
import { didYouMean } from '../lib/nearest.ts';
import { stringsIn, variablePlaceholders, wholeVariable } from '../lib/placeholders.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { Json, Publication, VariableValue } from '../model/publication.ts';
import type { Written } from './defaults.ts';
import { optionsOf } from './rules/builders.ts';
import { credentialProblems } from './rules/credentials.ts';
import {
  expectedOfType,
  isSecret,
  ownValue,
  typeOfVariable,
  valueFromJson,
  valueFromText,
  type WrittenVariable,
  type WrittenVariables,
} from './variable-values.ts';

/** Values from outside the config. `options` override `files`, which override `environment`. */
export interface GivenVariables {
  /** By `--var`, by name: as text, or from a reviewed plan. */
  options: Readonly<Record<string, VariableValue>>;
  /** By `--var-file`; later files win. */
  files: readonly VariableFile[];
  /** `GOPACKGO_VAR_NAME` of each variable. */
  environment: NodeJS.ProcessEnv;
}

export interface VariableFile {
  /** As it was named. */
  file: string;
  values: Readonly<Record<string, unknown>>;
}

export type Variables = Pick<Publication, 'variables' | 'givenVariables' | 'secrets'> & {
  problems: Problem[];
};

const ofEnvironment = (name: string): string => `GOPACKGO_VAR_${name}`;

/** The value of each variable: the given one, otherwise the config's own; and the problems of values and uses. */
export function variablesFor(
  publication: Publication,
  written: Written,
  given: GivenVariables,
  { needsSecrets = false }: { needsSecrets?: boolean } = {},
): Variables {
  const declared = written.variables ?? {};
  const found = Object.entries(declared).map(([name, variable]) =>
    resolved(name, variable, given, needsSecrets),
  );
  const values = found.filter(({ secret }) => !secret);
  const variables = entriesWith(values, ({ value }) => value);
  const secrets = new Map(
    found.flatMap(({ name, secret, value }) => (secret ? [[name, value as string]] : [])),
  );
  const problems = [
    ...found.flatMap((one) => one.problems),
    ...unknownVariables(declared, given),
    ...useProblems(usesOf(publication, written), declared),
    ...credentialProblems(
      {
        value: { variables: entriesWith(values, ({ value, by }) => (by ? value : undefined)) },
        comments: [],
      },
      'take it from the environment or the builder\'s instance profile, or make it a {"secret": true} variable: ' +
        'another value ends up in templates and logs',
    ),
  ];
  const givenVariables = entriesWith(values, ({ value, by }) => (by ? value : undefined));
  return {
    ...(Object.keys(variables).length > 0 ? { variables } : {}),
    ...(Object.keys(givenVariables).length > 0 ? { givenVariables } : {}),
    ...(secrets.size > 0 ? { secrets } : {}),
    problems,
  };
}

interface Resolved {
  name: string;
  secret: boolean;
  value?: VariableValue;
  /** Its source; absent for the config's own. */
  by?: string;
  problems: Problem[];
}

const entriesWith = (
  all: readonly Resolved[],
  of: (one: Resolved) => VariableValue | undefined,
): Record<string, VariableValue> =>
  Object.fromEntries(
    all.flatMap((one) => {
      const value = of(one);
      return value === undefined ? [] : [[one.name, value]];
    }),
  );

function resolved(
  name: string,
  written: WrittenVariable,
  given: GivenVariables,
  needsSecrets: boolean,
): Resolved {
  const place = placeOf(['variables', name]);
  const secret = isSecret(written);
  const type = typeOfVariable(written);
  const refused = (expected: string, found: string, advice?: string): Resolved => ({
    name,
    secret,
    problems: [{ place, expected, found, ...definedOnly({ advice }) }],
  });
  if (secret && type !== 'text') return refused('a secret of type "text"', `"${type}"`);
  const source = sourceOf(name, given, secret);
  const environment = ofEnvironment(name);
  if (!source) {
    const own = ownValue(written);
    if (own !== undefined) return { name, secret, value: own, problems: [] };
    if (secret && !needsSecrets) return { name, secret, problems: [] };
    const advice = secret
      ? `Set ${environment}, or pass a file that has it: --var-file FILE`
      : `Add --var ${name}=VALUE`;
    return refused('a value', written === null ? 'null' : 'none', advice);
  }
  const { by, raw } = source;
  if (secret && by === '--var') {
    const advice = `Set ${environment}, or pass a file that has it: --var-file FILE`;
    return refused(
      'a secret from the environment or a file',
      'one in --var, which every user of this machine may see',
      advice,
    );
  }
  const value =
    typeof raw === 'string' && !source.isJson ? valueFromText(raw, type) : valueFromJson(raw, type);
  if (value === undefined) {
    return refused(expectedOfType[type], `${secret ? 'something else' : describeValue(raw)}, by ${by}`);
  }
  if (secret && !passesUnchanged(String(value))) {
    const expected = 'a secret in Unicode\'s composed form (NFC) and without "{{", which Packer would change';
    return refused(expected, 'one that is not (not shown)');
  }
  return { name, secret, value, by, problems: [] };
}

/** Packer evaluates `{{` in a value, too, and HCL normalizes characters. */
const passesUnchanged = (text: string): boolean =>
  text.isWellFormed() && text === text.normalize('NFC') && !text.includes('{{');

interface Source {
  by: string;
  raw: unknown;
  isJson: boolean;
}

/** An empty environment variable is not a secret: CI passes one for a secret that it does not have. */
function sourceOf(
  name: string,
  { options, files, environment }: GivenVariables,
  secret: boolean,
): Source | undefined {
  if (Object.hasOwn(options, name)) return { by: '--var', raw: options[name], isJson: false };
  const file = files.findLast(({ values }) => Object.hasOwn(values, name));
  if (file) return { by: file.file, raw: file.values[name], isJson: true };
  const by = ofEnvironment(name);
  const raw = Object.hasOwn(environment, by) ? environment[by] : undefined;
  return raw === undefined || (secret && raw === '') ? undefined : { by, raw, isJson: false };
}

function unknownVariables(declared: WrittenVariables, { options, files }: GivenVariables): Problem[] {
  const known = Object.keys(declared);
  const given = [
    ...Object.keys(options).map((name): [string, string] => [name, `for --var ${name}=…`]),
    ...files.flatMap(({ file, values }) =>
      Object.keys(values).map((name): [string, string] => [name, `for ${file}`]),
    ),
  ];
  return given.flatMap(([name, why]) => {
    if (Object.hasOwn(declared, name)) return [];
    return [unknownVariable('variables', `${JSON.stringify(name)} ${why}`, 'none', name, known)];
  });
}

/** A value that may contain `{var.NAME}`, with its place. */
interface Use {
  path: (string | number)[];
  value: Json;
  isProvisioner: boolean;
}

function usesOf(publication: Publication, written: Written): Use[] {
  const { share, parameters, candidates, notify, encryption, images } = written;
  const more: [(string | number)[], unknown][] = [
    [['share'], share],
    [['candidates', 'share'], candidates?.share],
    [['parameters'], parameters],
    [['candidates', 'parameters'], candidates?.parameters],
    [['notify'], notify],
    [['encryption'], encryption],
    ...images.flatMap((image, index): [(string | number)[], unknown][] => [
      [['images', index, 'base'], image.base],
      [['images', index, 'encryption'], image.encryption],
    ]),
  ];
  return [
    ...optionsOf(publication).map(({ path, value }) => ({
      path,
      value,
      isProvisioner: path[0] === 'provisioners',
    })),
    ...more.flatMap(([path, value]) =>
      value === undefined ? [] : [{ path, value: value as Json, isProvisioner: false }],
    ),
  ];
}

function useProblems(uses: readonly Use[], declared: WrittenVariables): Problem[] {
  const known = Object.keys(declared);
  return uses.flatMap(({ path, value, isProvisioner }) =>
    stringsIn(value, path).flatMap((one) => [
      ...variablePlaceholders(one.text)
        .filter((name) => !Object.hasOwn(declared, name))
        .map((name) =>
          unknownVariable(placeOf(one.path), 'a variable in "variables"', `{var.${name}}`, name, known),
        ),
      ...misplaced(one, declared, isProvisioner),
    ]),
  );
}

/** A list must be the whole text; a secret is only for provisioners. */
function misplaced(
  { path, text }: { path: (string | number)[]; text: string },
  declared: WrittenVariables,
  isProvisioner: boolean,
): Problem[] {
  return variablePlaceholders(text).flatMap((name): Problem[] => {
    const written = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (written === undefined) return [];
    const place = placeOf(path);
    if (isSecret(written) && !isProvisioner) {
      const advice = 'Pass the secret only to a provisioner: anywhere else it can be read in AWS.';
      return [{ place, expected: 'a variable that is not secret', found: `{var.${name}}`, advice }];
    }
    if (typeOfVariable(written) === 'list' && wholeVariable(text) !== name) {
      const found = `more than that: ${describeValue(text)}`;
      return [{ place, expected: `"{var.${name}}" alone, since it is a list`, found }];
    }
    return [];
  });
}

function unknownVariable(
  place: string,
  expected: string,
  found: string,
  name: string,
  known: string[],
): Problem {
  const advice = didYouMean(name, known);
  return { place, expected, found, ...definedOnly({ advice }) };
}
