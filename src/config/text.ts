import {
  createScanner,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser';
import type { Problem } from '../lib/problem.ts';
import type { Json } from './publication.ts';

/** A config's text, read. `comments` are kept for the search for credentials. */
export interface Read {
  problems: Problem[];
  value: Json;
  comments: { text: string; line: number }[];
}

const shownAtMost = 5;

/** Deeper than any publication; all that reads one afterwards calls itself for each level. */
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
 * JSON with comments and trailing commas → a value. Problems name line and column, counted from 1; a key that
 * stands twice in one object is one of them. Of a broken text one character is
 * shown at most, for it may hold a credential.
 */
export function readText(text: string): Read {
  const at = positions(text);
  const refused = (...problems: Problem[]): Read => ({ problems, value: null, comments: [] });
  if (text.trim() === '') return refused({ place: '', expected: 'a publication', found: 'an empty file' });
  const deep = tooDeep(text);
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
  return { problems: duplicateKeys(tree, at), value: structuredClone(getNodeValue(tree)), comments };
}

/** Where the text opens more objects and lists in one another than there may be. */
function tooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let level = 0;
  do {
    scanner.scan();
    const first = text[scanner.getTokenOffset()];
    if (first === '{' || first === '[') level += 1;
    if (first === '}' || first === ']') level -= 1;
    if (level > mostLevels) return scanner.getTokenOffset();
  } while (scanner.getPosition() < text.length);
  return undefined;
}

function duplicateKeys(node: Node, at: (offset: number) => string): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, Node>();
  for (const child of node.children ?? []) {
    const key = node.type === 'object' ? child.children?.[0] : undefined;
    const earlier = key && first.get(key.value);
    if (key && earlier) {
      const found = `${JSON.stringify(key.value)} a second time (the first is at ${at(earlier.offset)})`;
      problems.push({ place: at(key.offset), expected: 'each key once', found });
    } else if (key) first.set(key.value, key);
    problems.push(...duplicateKeys(child, at));
  }
  return problems;
}

function foundAt(text: string, offset: number): string {
  const character = text.slice(offset).match(/^./su)?.[0];
  if (character === undefined) return 'the end of the file';
  return character === '\n' || character === '\r' ? 'the end of the line' : JSON.stringify(character);
}

/** Offset → `line 3:14`. */
function positions(text: string): (offset: number) => string {
  return (offset) => {
    const before = text.slice(0, offset).split(/\r\n|\r|\n/);
    return `line ${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  };
}
