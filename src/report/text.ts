import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

/** Cuts to a width in cells; an ellipsis marks the cut. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  return width < 1 ? '' : `${sliceAnsi(text, 0, width - 1).trimEnd()}…`;
}

/** Cuts to a width in cells at the start, for texts that differ at the end. */
export function cutStart(text: string, width: number): string {
  const whole = stringWidth(text);
  if (whole <= width) return text;
  return width < 1 ? '' : `…${sliceAnsi(text, whole - width + 1)}`;
}

/**
 * Wraps between words into lines of at most `width` cells, the later ones indented. A longer word stays whole, and so does a
 * command in parentheses: a terminal breaks it in a way that can still be copied.
 */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of wordsOf(text)) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(last === undefined ? word : `${indent}${word}`);
  }
  return lines;
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  let isCommand = false;
  for (const word of text.split(' ')) {
    if (isCommand) words[words.length - 1] += ` ${word}`;
    else words.push(word);
    isCommand = (isCommand || /^\((?:aws|gopackgo)$/.test(word)) && !word.includes(')');
  }
  return words;
}

export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));

/** `2 AMIs`, `1 AMI` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** Seconds as on a clock: `06:12`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number: number) => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const start = minutes < 60 ? two(minutes) : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return `${start}:${two(whole % 60)}`;
}

/** Seconds in a sentence: `12 s`, `4 min`, `1 h 43 min`. */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const list = new Intl.ListFormat('en-GB');

/** `a, b and c` */
export const joinWords = (all: readonly string[]): string => list.format(all);
