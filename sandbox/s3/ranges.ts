import { AwsError } from '../aws-error.ts';

/** Bytes from the first to before the last. */
export interface Range {
  from: number;
  to: number;
}

/**
 * The one range of a Range header (RFC 9110, section 14.1.2); undefined where there is none, or one that S3 passes over,
 * such as several at once. Throws `InvalidRange` where it begins behind the end.
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
