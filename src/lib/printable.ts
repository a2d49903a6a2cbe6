import { stripVTControlCharacters } from 'node:util';
import { redact } from './redact.ts';

/** Characters that move the cursor, end a line, or change the order in which text is read. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;

/** Text that is safe for a terminal: no credentials, no cursor movement, no line breaks. */
export const printable = (text: string): string => withoutControl(redact(stripVTControlCharacters(text)));

/** The same for a text of several lines, whose line breaks stay. */
export const printableLines = (text: string): string =>
  redact(stripVTControlCharacters(text)).split('\n').map(withoutControl).join('\n');

const withoutControl = (text: string): string => text.replace(/\t/g, '  ').replace(unprintable, ' ');
