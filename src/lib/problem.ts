import { looksLikeSecretKey, redactCredentials } from './credentials.ts';

/** A problem at a place. */
export interface Problem {
  /** The place: `images[2].base.ssm` in a file, `--port`, `AWS credentials`. Empty for the whole file. */
  place: string;
  /** The text after "expected". */
  expected: string;
  /** The text after "found". */
  found: string;
  /** Advice, in sentences, if `expected` does not imply it. A command at its end has no full stop. */
  advice?: string;
}

/** `PLACE: expected X, found Y. What to do.`, without literal credentials. */
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

/** A value for messages, short and on one line. */
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
