import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser';
import { duplicateKeys, positions, tooDeep } from '../lib/json-text.ts';
import type { Problem } from '../lib/problem.ts';
import type { Json } from '../model/publication.ts';

/** The text of a config, parsed. `comments` are kept for the search for credentials. */
export interface Read {
  problems: Problem[];
  value: Json;
  comments: { text: string; line: number }[];
  /** The value with its places in the text; absent if it has problems. */
  tree?: Node;
}

const shownAtMost = 5;

/** Deeper than any publication. All code that processes one afterwards recurses for each level. */
const mostLevels = 100;

const expectedInstead: Record<string, string> = {
  InvalidNumberFormat: 'a number as JSON writes it',
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: 'a ":" after the key',
  CommaExpected: 'a ","',
  CloseBraceExpected: 'a "}"',
  CloseBracketExpected: 'a "]"',
  EndOfFileExpected: 'the end of the file',
  UnexpectedEndOfComment: 'a "*/" at the end of the comment',
  UnexpectedEndOfString: 'a text that ends in a double quote, on the same line',
  InvalidUnicode: 'four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u',
  InvalidCharacter: 'no control characters in a text (a line break is \\n)',
};

/**
 * Parses JSON with comments and trailing commas. Problems name line and column, counted from 1; a duplicate key of an object is
 * one of them. Shows at most one character of invalid text, since it may contain a credential.
 */
export function readText(text: string, expected = 'a publication'): Read {
  const at = positions(text);
  const refused = (...problems: Problem[]): Read => ({ problems, value: null, comments: [] });
  if (text.trim() === '') return refused({ place: '', expected, found: 'an empty file' });
  const deep = tooDeep(text, mostLevels);
  if (deep !== undefined) {
    return refused({ place: at(deep), expected: `at most ${mostLevels} levels`, found: 'one level more' });
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const problems = errors.slice(0, shownAtMost).map(({ error, offset }) => ({
    place: at(offset),
    expected: expectedInstead[printParseErrorCode(error)] ?? 'JSON, comments and trailing commas allowed',
    found: foundAt(text, offset),
  }));
  if (!tree || problems.length > 0) return refused(...problems);
  const comments: Read['comments'] = [];
  visit(text, {
    onComment: (offset, length, line) =>
      comments.push({ text: text.slice(offset, offset + length), line: line + 1 }),
  });
  return { problems: duplicateKeys(tree, at), value: structuredClone(getNodeValue(tree)), comments, tree };
}

function foundAt(text: string, offset: number): string {
  const character = text.slice(offset).match(/^./su)?.[0];
  if (character === undefined) return 'the end of the file';
  return character === '\n' || character === '\r' ? 'the end of the line' : JSON.stringify(character);
}
