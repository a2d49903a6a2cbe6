import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

const pagesIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);

/** The documents for people, as paths from the root. */
export const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...pagesIn('docs'),
  'sandbox/README.md',
  ...pagesIn('sandbox/docs'),
  ...readdirSync(join(root, 'examples')).map((system) => `examples/${system}/README.md`),
];

export const textOf = (document: string): string => readFileSync(join(root, document), 'utf8');

/** A fenced block. `info` is the text after the opening fence: `json faults`. */
export interface Block {
  info: string;
  text: string;
  /** The line of its first line of content, from 1. */
  line: number;
}

export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [index, line] of textOf(document).split('\n').entries()) {
    const [, info] = /^```(.*)$/.exec(line) ?? [];
    if (info === undefined) {
      if (open) open.text += `${line}\n`;
    } else if (open) {
      blocks.push(open);
      open = undefined;
    } else {
      open = { info, text: '', line: index + 2 };
    }
  }
  if (open) throw new Error(`${document}: the block at line ${open.line} has no end`);
  return blocks;
}

/** A document's text without its fenced blocks. */
export const proseOf = (document: string): string => textOf(document).replace(/^```[\s\S]*?^```$/gm, '');

/** The text of a section, up to the next heading of its level or a higher one. */
export function sectionOf(document: string, heading: string): string {
  const lines = textOf(document).split('\n');
  const from = lines.indexOf(heading);
  if (from === -1) throw new Error(`${document} has no section "${heading}"`);
  const level = heading.indexOf(' ');
  const isEnd = (line: string) => /^#{1,6} /.test(line) && line.indexOf(' ') <= level;
  const length = lines.slice(from + 1).findIndex(isEnd);
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n');
}

/** The cells of the first column of a text's tables, without their heads. */
export const firstColumn = (text: string): string[] =>
  [...text.matchAll(/^\| *((?:[^|`]|`[^`]*`)*?) *\|/gm)]
    .map(([, cell = '']) => cell)
    .filter((cell) => cell.startsWith('`') || /^\d+$/.test(cell));

/** Text between backticks. */
export const namesIn = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);

/** The anchors of a document's headings, as GitHub makes them. */
export const anchorsOf = (document: string): string[] =>
  [...proseOf(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
