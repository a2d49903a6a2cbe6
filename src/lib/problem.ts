import { looksLikeSecretKey, redactCredentials } from './credentials.ts';

/** What is wrong somewhere. */
export interface Problem {
  /** The place: `images[2].base.ssm` in a file, `--port`, `AWS credentials`. Empty for the whole file. */
  place: string;
  /** Follows "expected". */
  expected: string;
  /** Follows "found". */
  found: string;
  /** What to do, in sentences, where `expected` does not say it. A command that it ends with has no full stop. */
  advice?: string;
}

/** `PLACE: expected X, found Y. What to do.`, without any literal credential. */
export function problemText({ place, expected, found, advice }: Problem): string {
  return redactCredentials(`${place}: expected ${expected}, found ${found}${advice ? `. ${advice}` : ''}`);
}

/** The problem with its file in the place: `configs/test-ebs.json: images[2].base.ssm`. */
export const inFile =
  (file: string) =>
  (problem: Problem): Problem => ({
    ...problem,
    place: problem.place === '' ? file : `${file}: ${problem.place}`,
  });

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
