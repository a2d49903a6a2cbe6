import { jsonOutput } from '../lib/json-output.ts';
import { type Origins, originOf } from '../lib/origins.ts';
import { printable } from '../lib/printable.ts';
import { placeOf } from '../lib/problem.ts';
import type { Json } from '../model/publication.ts';

type Path = readonly (string | number)[];

/**
 * A merged config as JSON with comments: after each value the file and line where it was written. It is a valid config itself.
 * Pure.
 */
export function configText(config: Json, origins: Origins): string {
  const lines = (value: Json, path: Path, indent: string, key: string, comma: string): string[] => {
    const entries = entriesOf(value);
    if (entries === undefined || entries.length === 0) {
      const origin = path.length === 0 ? undefined : originOf(origins, placeOf(path));
      const comment = origin === undefined ? '' : ` // ${printable(origin.file)}:${origin.line}`;
      return [`${indent}${key}${jsonOutput(value)}${comma}${comment}`];
    }
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    const within = entries.flatMap(([step, one], index) =>
      lines(
        one,
        [...path, step],
        `${indent}  `,
        typeof step === 'number' ? '' : `${jsonOutput(step)}: `,
        index < entries.length - 1 ? ',' : '',
      ),
    );
    return [`${indent}${key}${open}`, ...within, `${indent}${close}${comma}`];
  };
  return `${lines(config, [], '', '', '').join('\n')}\n`;
}

/** The parts of a list or an object; undefined for any other value. */
function entriesOf(value: Json): [string | number, Json][] | undefined {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}
