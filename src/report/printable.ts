import { stripVTControlCharacters } from 'node:util';
import { redact } from '../lib/redact.ts';

/** Text fit for a terminal: no credential, no cursor movement, nothing that breaks the line. */
export const printable = (text: string): string =>
  redact(stripVTControlCharacters(text))
    .replace(/\t/g, '  ')
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ');

/** A copy of plain data with every text in it changed. */
export function mapTexts<T>(data: T, change: (text: string) => string): T;
export function mapTexts(data: unknown, change: (text: string) => string): unknown {
  if (typeof data === 'string') return change(data);
  if (Array.isArray(data)) return data.map((item) => mapTexts(item, change));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, mapTexts(value, change)]));
}
