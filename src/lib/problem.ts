import { ActionableError, type ExitStatus, exitStatus } from './actionable-error.ts';
import { looksLikeSecretKey, redactCredentials } from './credentials.ts';

/** A problem in a file that the user wrote. */
export interface Problem {
  /** The place in the file: `images[2].base.ssm`. Empty for the whole file. */
  place: string;
  /** Follows "expected". */
  expected: string;
  /** Follows "found". */
  found: string;
  /** What to do, where `expected` does not say it. */
  advice?: string;
}

/** One line, without any literal credential: `configs/test-ebs.json: images[2].base.ssm: expected …, found …`. */
export function problemLine(file: string, { place, expected, found, advice }: Problem): string {
  const where = place === '' ? file : `${file}: ${place}`;
  return redactCredentials(`${where}: expected ${expected}, found ${found}${advice ? `; ${advice}` : ''}`);
}

/** @throws ActionableError that lists all problems, a line each, if there are any; with status 2 unless another is given. */
export function refuseProblems(
  file: string,
  problems: readonly Problem[],
  status: ExitStatus = exitStatus.usage,
): void {
  if (problems.length === 0) return;
  const lines = problems.map((problem) => problemLine(file, problem));
  throw new ActionableError([...new Set(lines)].join('\n'), status);
}

/** A path as a place: `images`, 2, `base` → `images[2].base`; keys that need it are quoted, and long ones cut. */
export function placeOf(path: readonly (string | number)[]): string {
  return path.reduce<string>((place, step) => {
    if (typeof step === 'number') return `${place}[${step}]`;
    const key = shortened(step);
    if (!/^[$\w:-]+$/.test(key)) return `${place}[${JSON.stringify(key)}]`;
    return place === '' ? key : `${place}.${key}`;
  }, '');
}

/** A value as messages show it, short and on one line. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') {
    const keys = Object.keys(value).map((key) => JSON.stringify(shortened(key)));
    return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 4).join(', ')}`;
  }
  if (typeof value !== 'string') return `the ${typeof value} ${value}`;
  const shown = looksLikeSecretKey(value) ? '(credential)' : redactCredentials(value);
  return JSON.stringify(shortened(shown));
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
