import type { ToolWorld } from './tool.ts';
import { type GivenOption, parseOptions, type ToolOption, UsageError } from './tool-options.ts';

/** A tool's options by name, and the tools' own error messages about them. */
export interface Parameters {
  /** The last value of an option; undefined if it is missing. */
  get(long: string): string | undefined;
  has(long: string): boolean;
  /** Throws `UsageError` if it is missing. */
  mandatory(long: string): string;
}

/** Parses a tool's words. Throws `UsageError`. */
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

/** The absolute path of the file in an option. Throws `UsageError` if it does not exist. */
export const fileAt = async (
  { files, uploaded, user }: ToolWorld,
  long: string,
  value: string,
): Promise<string> => {
  const path = uploaded.resolve(value, user);
  if ((await files.look(path))?.kind === 'file') return path;
  throw invalidValue(long, value, 'File does not exist or is not a file.');
};

/** The absolute path of the folder in an option. Throws `UsageError` if it does not exist. */
export const folderAt = async (
  { files, uploaded, user }: ToolWorld,
  long: string,
  value: string,
): Promise<string> => {
  const path = uploaded.resolve(value, user);
  if ((await files.look(path))?.kind === 'folder') return path;
  throw invalidValue(long, value, 'Directory does not exist or is not a directory.');
};
