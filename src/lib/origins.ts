/** Where a value of a config was written. */
export interface Origin {
  /** The file, in the form of messages: `configs/base.json`. */
  file: string;
  /** From 1. */
  line: number;
}

/** The origin of each value of a config that was merged from several files, by its place: `images[0].builder`. */
export type Origins = Readonly<Record<string, Origin>>;

/** A config file in the form of messages, with the origins of its values if it extends others. */
export interface Located {
  file: string;
  origins?: Origins;
}

const lastStep = /(?:^|\.)[$\w:-]+$|\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/;

/** The origin of the value at a place; for a missing value, that of the nearest value around it. Pure. */
export function originOf(origins: Origins, place: string): Origin | undefined {
  let here = place;
  while (here !== '') {
    const origin = Object.hasOwn(origins, here) ? origins[here] : undefined;
    if (origin) return origin;
    const outer = here.replace(lastStep, '');
    if (outer === here) return undefined;
    here = outer;
  }
  return undefined;
}

/** The file that a value at a place came from. Pure. */
export const fileOf = ({ file, origins = {} }: Located, place: string): string =>
  originOf(origins, place)?.file ?? file;

/**
 * A place with its file, as messages start: `configs/web.json: images[0].base`. If the config extends others:
 * `configs/base.json:12: images[0].base`. Pure.
 */
export function located({ file, origins = {} }: Located, place: string): string {
  const origin = originOf(origins, place);
  const where = origin === undefined ? file : `${origin.file}:${origin.line}`;
  return place === '' ? where : `${where}: ${place}`;
}
