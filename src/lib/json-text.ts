import { createScanner, type Node } from 'jsonc-parser';
import type { Problem } from './problem.ts';

/** The offset at which nesting exceeds the limit; parsers recurse for each level. */
export function tooDeep(text: string, mostLevels: number): number | undefined {
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

/** Duplicate keys of objects: parsers silently keep one of the two. */
export function duplicateKeys(node: Node, at: (offset: number) => string): Problem[] {
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

/** Offset → `line 3:14`. */
export function positions(text: string): (offset: number) => string {
  return (offset) => {
    const before = text.slice(0, offset).split(/\r\n|\r|\n/);
    return `line ${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  };
}

/** Offset → line, from 1. */
export function lineNumbers(text: string): (offset: number) => number {
  const starts = [...text.matchAll(/\r\n|\r|\n/g)].map(({ 0: end, index }) => index + end.length);
  return (offset) => {
    const next = starts.findIndex((start) => start > offset);
    return (next === -1 ? starts.length : next) + 1;
  };
}
