import { invalidArgument } from './errors.ts';

/** Encodes keys in listings for `encoding-type=url`: percent encoding with `+` for a blank, slashes unchanged. */
export type Encoding = (text: string) => string;

/** Throws `InvalidArgument` for any other encoding. */
export const encodingOf = (type: string | undefined): Encoding => {
  if (type === undefined) return (text) => text;
  if (type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return (text) =>
    encodeURIComponent(text.toWellFormed())
      .replace(/%2F/g, '/')
      .replace(/%20/g, '+')
      .replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
};

const largest = 1000;

/** The size of a page: at most a thousand entries, whatever is requested. Throws `InvalidArgument` below zero. */
export const pageSize = (asked: number | undefined, argument: string): number => {
  if (asked !== undefined && (asked < 0 || asked > 0x7fffffff)) {
    throw invalidArgument(
      `Argument ${argument} must be an integer between 0 and 2147483647`,
      argument,
      String(asked),
    );
  }
  return Math.min(asked ?? largest, largest);
};
