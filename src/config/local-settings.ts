import { join, resolve } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';
import type { Problem } from '../lib/problem.ts';
import { NotReadable, readBounded } from '../lib/read-bounded.ts';
import { refuseProblems } from '../lib/refuse-problems.ts';
import { shapeProblems } from '../lib/validate-shape.ts';
import type { Json } from '../model/publication.ts';
import { localSchema } from './local-settings-schema.ts';
import { readText } from './parse-json.ts';
import { credentialProblems } from './rules/credentials.ts';

/** Settings that differ by person and machine, and are therefore in no publication. */
export interface LocalSettings {
  /** The account to publish from, twelve digits. */
  account?: string;
  /** A profile of the user's AWS configuration. */
  profile?: string;
  /** ARN of a role to assume. */
  role?: string;
  /** For the role's trust policy. */
  externalId?: string;
  /** Of the X.509 certificate for instance-store bundles, absolute. */
  certificate?: string;
  /** Of the certificate's private key, absolute. */
  privateKey?: string;
  /** How long an AWS call that fails for a transient reason is repeated: `5m`. */
  retryFor?: string;
  /** Where each was found, in the form of messages: `configs/local.json: account`, `GOPACKGO_ACCOUNT`. */
  places: Partial<Record<LocalKey, string>>;
}

export type LocalKey = keyof typeof variables;

const file = 'configs/local.json';

/** The environment variable of each setting; it overrides the file. */
export const variables = {
  account: 'GOPACKGO_ACCOUNT',
  profile: 'GOPACKGO_PROFILE',
  role: 'GOPACKGO_ROLE',
  externalId: 'GOPACKGO_EXTERNAL_ID',
  certificate: 'GOPACKGO_CERTIFICATE',
  privateKey: 'GOPACKGO_PRIVATE_KEY',
  retryFor: 'GOPACKGO_RETRY_FOR',
} as const;

const keys = Object.keys(variables) as LocalKey[];
const paths: readonly LocalKey[] = ['certificate', 'privateKey'];

const whereKeysBelong =
  "Remove it: keys belong in your AWS configuration (aws configure, aws sso login), whose profile's name may stand here, " +
  'and a private key in a file of its own, whose path may.';

/**
 * `configs/local.json` of the working folder, if there is one, overridden by the environment. Relative paths start in
 * `configs/`, those of the environment in `cwd`. The named files are not read.
 *
 * @throws ActionableError (2) with all problems of the file or the environment; shows no credential.
 */
export function readLocalSettings(cwd: string, environment: NodeJS.ProcessEnv): LocalSettings {
  const written = readFile(cwd);
  const said = readVariables(environment);
  const settings: LocalSettings = { places: {} };
  for (const key of keys) {
    const fromFile = written[key];
    const value = said[key] ?? fromFile;
    if (value === undefined) continue;
    const folder = said[key] === undefined ? join(cwd, 'configs') : cwd;
    settings[key] = paths.includes(key) ? absolute(value, folder, environment) : value;
    settings.places[key] = said[key] === undefined ? `${file}: ${key}` : variables[key];
  }
  refuseHalfAPair(settings);
  return settings;
}

const refuse = (where: string, problems: readonly Problem[]) =>
  refuseProblems(where, problems, 'local-settings-invalid');

type Values = Partial<Record<LocalKey, string>>;

function readFile(cwd: string): Values {
  const text = readSettingsFile(join(cwd, file));
  if (text === undefined) return {};
  if (text.trim() === '') {
    refuse(file, [
      { place: '', expected: 'settings, as configs/local-default.json shows them', found: 'an empty file' },
    ]);
  }
  const read = readText(text);
  refuse(file, read.problems);
  refuse(file, [...credentialProblems(read, whereKeysBelong), ...shapeProblems(read.value, localSchema)]);
  return read.value as Values;
}

function readSettingsFile(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBounded(path));
  } catch (error) {
    const code = error instanceof NotReadable ? error.found : (errorCode(error) ?? String(error));
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ActionableError('local-settings-invalid', {
      place: file,
      expected: 'a file of settings that can be read',
      found: code,
      advice: 'Fix its permissions or its encoding (UTF-8), or remove it.',
    });
  }
}

function readVariables(environment: NodeJS.ProcessEnv): Values {
  const values: Values = {};
  for (const key of keys) {
    const value = environment[variables[key]];
    if (value) values[key] = value;
  }
  const problems = [...credentialProblems({ value: values as Json, comments: [] }, whereKeysBelong)];
  refuse('environment', [...problems, ...shapeProblems(values as Json, localSchema)].map(namingVariable));
  return values;
}

/** `account` → `GOPACKGO_ACCOUNT`. */
const namingVariable = (problem: Problem): Problem => ({
  ...problem,
  place: variables[problem.place as LocalKey] ?? problem.place,
});

function absolute(path: string, folder: string, { HOME = '' }: NodeJS.ProcessEnv): string {
  const expanded = HOME === '' ? path : path.replace(/^~(?=\/|$)/, () => HOME);
  return resolve(folder, expanded);
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `retryFor` in milliseconds; undefined if it is not set. */
export const repeatLimitOf = ({ retryFor }: Pick<LocalSettings, 'retryFor'>): number | undefined =>
  retryFor === undefined ? undefined : Number.parseInt(retryFor, 10) * (units[retryFor.slice(-1)] ?? 0);

function refuseHalfAPair({ certificate, privateKey, places }: LocalSettings): void {
  if ((certificate === undefined) === (privateKey === undefined)) return;
  const [place = '', missing] =
    certificate === undefined
      ? [places.privateKey, 'the certificate of this private key in "certificate"']
      : [places.certificate, 'the private key of this certificate in "privateKey"'];
  throw new ActionableError('local-settings-invalid', {
    place,
    expected: `${missing} as well`,
    found: 'none',
    advice: 'Set both, or neither.',
  });
}
