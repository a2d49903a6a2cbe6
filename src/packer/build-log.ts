import { stripVTControlCharacters } from 'node:util';
import { boundedText } from '../lib/bounded-text.ts';
import { possibleBuildNames } from './build-name.ts';
import { skippedLines } from './log-file.ts';

export interface LogLine {
  /** Starts at 1, as in editors. */
  number: number;
  text: string;
  /**
   * Whether it was printed by the build: by its builder or its provisioners, in the same form. Output of the build's
   * scripts always has that form, so other lines are Packer's own.
   */
  ofBuild: boolean;
}

/** The format of `-timestamp-ui`. */
const time = /^\d{4}-\d\d-\d\dT\S+: /;

/**
 * The lines of a log of human-readable output, as `readLog` returns it, without times and the build's name, which Packer before
 * and after 1.7 writes after `==>` or spaces. Long lines are cut.
 */
export function logLines(text: string, target: string): LogLine[] {
  const prefixes = possibleBuildNames(target).flatMap((name) => [`==> ${name}: `, `    ${name}: `]);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let number = 0;
  return lines.flatMap((raw): LogLine[] => {
    const missing = skippedLines(raw);
    number += Math.max(1, missing);
    if (missing > 0) return [];
    const line = raw.replace(time, '');
    const prefix = prefixes.find((one) => line.startsWith(one) || line === one.trimEnd());
    const said = prefix === undefined ? line : line.slice(prefix.length);
    return [
      {
        number,
        text: boundedText(withoutControlCharacters(said), shownLimit),
        ofBuild: prefix !== undefined,
      },
    ];
  });
}

/** The most characters of a line that are shown. */
const shownLimit = 4_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controlCharacter = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** A script's colours and cursor movements would act on the reader's terminal. */
function withoutControlCharacters(text: string): string {
  if (!controlCharacter.test(text)) return text.trimEnd();
  const plain = stripVTControlCharacters(text).trimEnd();
  const shown = plain.slice(plain.lastIndexOf('\r') + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return shown.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}
