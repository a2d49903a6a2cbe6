import { resolve } from 'node:path';
import { describeValue, type Problem } from '../lib/problem.ts';
import { readBounded } from '../lib/read-bounded.ts';
import { whyUnread } from './config-file.ts';
import { plainName } from './schema-parts.ts';

/** The source of a version. */
export interface VersionFile {
  /** From the config's folder. */
  file: string;
  /** A regular expression with one group. */
  match: string;
}

/** The version in a file, or why it has none. */
export function readVersion(
  { file, match }: VersionFile,
  folder: string,
): { version: string } | { problem: Problem } {
  const refused = (key: keyof VersionFile, expected: string, found: string, advice?: string) => ({
    problem: { place: `version.${key}`, expected, found, ...(advice === undefined ? {} : { advice }) },
  });
  const pattern = patternOf(match);
  if (pattern === undefined) {
    return refused(
      'match',
      'a regular expression with one group, such as "^version = (.+)$"',
      describeValue(match),
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readBounded(resolve(folder, file)));
  } catch (error) {
    const found = `${whyUnread(error)}: ${JSON.stringify(file)}`;
    return refused('file', 'a file that can be read', found, `Paths are relative to ${folder}`);
  }
  const [, version] = pattern.exec(text) ?? [];
  if (version === undefined) return refused('match', `text of ${file} that it matches`, 'none');
  if (new RegExp(plainName).test(version) && !version.includes('..')) return { version };
  return refused(
    'match',
    `a version in ${file}: at most 60 letters, digits, "-", "_" and single ".", a letter or digit first`,
    describeValue(version),
  );
}

/** Undefined for an invalid pattern, or one with another number of groups. */
function patternOf(match: string): RegExp | undefined {
  try {
    const groups = (new RegExp(`${match}|`).exec('')?.length ?? 0) - 1;
    return groups === 1 ? new RegExp(match, 'm') : undefined;
  } catch {
    return undefined;
  }
}
