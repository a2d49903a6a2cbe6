import { stripVTControlCharacters } from 'node:util';
import { redact } from './redact.ts';

/** What moves the cursor, ends a line, or changes the order in which text is read. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;

/** Text fit for a terminal: no credential, no cursor movement, nothing that breaks the line. */
export const printable = (text: string): string => withoutControl(redact(stripVTControlCharacters(text)));

/** The same for a text of several lines, which stay. */
export const printableLines = (text: string): string =>
  redact(stripVTControlCharacters(text)).split('\n').map(withoutControl).join('\n');

const withoutControl = (text: string): string => text.replace(/\t/g, '  ').replace(unprintable, ' ');

/** A copy of plain data with every text in it changed. */
export function mapTexts<T>(data: T, change: (text: string) => string): T;
export function mapTexts(data: unknown, change: (text: string) => string): unknown {
  if (typeof data === 'string') return change(data);
  if (Array.isArray(data)) return data.map((item) => mapTexts(item, change));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, mapTexts(value, change)]));
}
