import { stripVTControlCharacters } from 'node:util';
import { possibleBuildNames } from './build-name.ts';

export interface LogLine {
  /** From 1 on, as editors count. */
  number: number;
  text: string;
  /**
   * Whether it came by the build: from its builder or its provisioners, which print in the same form. What
   * the build's scripts print always does, so other lines are Packer's own.
   */
  ofBuild: boolean;
}

/** As `-timestamp-ui` writes it. */
const time = /^\d{4}-\d\d-\d\dT\S+: /;

/**
 * The lines of a log of human-readable output, without times and the build's name, which Packer before and
 * after 1.7 writes after `==>` or blanks.
 */
export function logLines(text: string, target: string): LogLine[] {
  const prefixes = possibleBuildNames(target).flatMap((name) => [`==> ${name}: `, `    ${name}: `]);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((raw, index) => {
    const line = raw.replace(time, '');
    const prefix = prefixes.find((one) => line.startsWith(one) || line === one.trimEnd());
    const said = prefix === undefined ? line : line.slice(prefix.length);
    return { number: index + 1, text: withoutControlCharacters(said), ofBuild: prefix !== undefined };
  });
}

/** A script's colours and cursor movements would act on the terminal of whoever reads the message. */
function withoutControlCharacters(text: string): string {
  const plain = stripVTControlCharacters(text).trimEnd();
  const shown = plain.slice(plain.lastIndexOf('\r') + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return shown.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}
