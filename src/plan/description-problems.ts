import type { Problem } from '../lib/problem.ts';
import { type FilledBuilder, withoutPackersOwn } from './filled-builders.ts';

/** Amazon EC2 API reference, CreateImage. */
const longest = 255;

/**
 * A description that EC2 refuses at the end of a build: over 255 characters, or not ASCII ("Character sets beyond ASCII are not
 * supported", InvalidParameterValue). Pure.
 */
export function descriptionProblems({ options, at }: FilledBuilder): Problem[] {
  const { ami_description: written } = options;
  if (typeof written !== 'string') return [];
  const text = withoutPackersOwn(written);
  const [other] = text.match(/\P{ASCII}/u) ?? [];
  const place = at('ami_description');
  if (other !== undefined) {
    const code = `U+${(other.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    return [{ place, expected: 'ASCII characters', found: `"${other}" (${code}), which EC2 refuses` }];
  }
  const { length } = text;
  return length > longest
    ? [{ place, expected: `at most ${longest} characters`, found: `${length}, placeholders filled in` }]
    : [];
}
