import type { ToolWorld } from './tool.ts';
import { type GivenOption, parseOptions, type ToolOption, UsageError } from './tool-options.ts';

/** A tool's options by their names, and what is asked of them in the words of the tools. */
export interface Parameters {
  /** The last value of an option; undefined where it was not given. */
  get(long: string): string | undefined;
  has(long: string): boolean;
  /** Throws `UsageError` where it was not given. */
  mandatory(long: string): string;
}

/** Reads a tool's words. Throws `UsageError`. */
export const parametersOf = (words: readonly string[], known: readonly ToolOption[]): Parameters => {
  const given = parseOptions(words, known);
  const last = (long: string): GivenOption | undefined => given.findLast((one) => one.long === long);
  return {
    get: (long) => last(long)?.value,
    has: (long) => last(long) !== undefined,
    mandatory(long) {
      const value = last(long)?.value;
      if (value === undefined) throw new UsageError(`missing mandatory parameter: ${long}`);
      return value;
    },
  };
};

export const invalidValue = (long: string, value: string, why?: string): UsageError =>
  new UsageError(`${long} has invalid value '${value}'${why === undefined ? '' : `: ${why}`}`);

/** The absolute path of a file that an option names. Throws `UsageError` where there is none. */
export const fileAt = async (
  { files, uploaded, user }: ToolWorld,
  long: string,
  value: string,
): Promise<string> => {
  const path = uploaded.resolve(value, user);
  if ((await files.look(path))?.kind === 'file') return path;
  throw invalidValue(long, value, 'File does not exist or is not a file.');
};

/** The absolute path of a folder that an option names. Throws `UsageError` where there is none. */
export const folderAt = async (
  { files, uploaded, user }: ToolWorld,
  long: string,
  value: string,
): Promise<string> => {
  const path = uploaded.resolve(value, user);
  if ((await files.look(path))?.kind === 'folder') return path;
  throw invalidValue(long, value, 'Directory does not exist or is not a directory.');
};
