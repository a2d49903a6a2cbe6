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
