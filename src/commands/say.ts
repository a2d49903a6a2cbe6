import { jsonOutput } from '../lib/json-output.ts';
import { printableLines } from '../lib/printable.ts';

/*
 * The only ways to write to stdout and stderr, besides a report's. Whatever a text contains (a tag, a file's name, someone
 * else's plan), none of its control characters and credentials reaches a terminal.
 */

/** Writes a sentence, or several lines. */
export function say(stream: NodeJS.WritableStream, text: string): void {
  stream.write(`${printableLines(text)}\n`);
}

/** Writes a value as JSON: on one line, or indented. */
export function sayJson(stream: NodeJS.WritableStream, value: unknown, indent?: number): void {
  stream.write(`${jsonOutput(value, indent)}\n`);
}

/** Writes text that `src/report/` has drawn, perhaps in color. Every text in it is already printable. */
export function show(stream: NodeJS.WritableStream, drawn: string): void {
  stream.write(drawn);
}
