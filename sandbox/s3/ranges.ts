import { AwsError } from '../model/aws-error.ts';
import type { Piece } from '../model/bucket-records.ts';

/** A range of bytes, including the first and excluding the last. */
export interface Range {
  from: number;
  to: number;
}

/**
 * The single range of a Range header (RFC 9110, section 14.1.2); undefined if there is none, or one that S3 ignores, such as
 * several at once. Throws `InvalidRange` if it starts past the end.
 */
export const rangeOf = (header: string | undefined, size: number): Range | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (from >= size) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
      details: { RangeRequested: header ?? '', ActualObjectSize: String(size) },
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return { from, to };
};

/**
 * The bytes of one part, counted from 1; an object that was not uploaded in parts has one. Undefined if the part is empty.
 * Throws `InvalidPartNumber` if there are fewer parts.
 */
export const rangeOfPart = (content: readonly Piece[], number: number): Range | undefined => {
  const part = content[number - 1];
  if (!part) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      details: { ActualPartCount: String(content.length), PartNumberRequested: String(number) },
    });
  }
  const from = content.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return part.size === 0 ? undefined : { from, to: from + part.size };
};
