import { getNodeValue, type ParseError, parseTree } from 'jsonc-parser';
import { duplicateKeys, positions, tooDeep } from '../lib/json-text.ts';
import type { Problem } from '../lib/problem.ts';

export type StrictJson = { ok: true; value: unknown } | { ok: false; problems: Problem[] };

const refused = (...problems: Problem[]): StrictJson => ({ ok: false, problems });

/**
 * Parses JSON that will be written again: refuses comments, trailing commas and duplicate keys, since they would be lost. Pure.
 *
 * @param what the expected kind of text: `regions with lists of AMIs`.
 */
export function parseStrictJson(text: string, what: string): StrictJson {
  if (tooDeep(text, 20) !== undefined) return refused({ place: '', expected: what, found: 'more levels' });
  const at = positions(text);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (!tree || error) {
    const expected = 'JSON, without comments and trailing commas';
    return refused({ place: at(error?.offset ?? 0), expected, found: 'something else' });
  }
  const twice = duplicateKeys(tree, at);
  return twice.length > 0 ? refused(...twice) : { ok: true, value: getNodeValue(tree) };
}
