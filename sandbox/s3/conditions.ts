import { AwsError } from '../model/aws-error.ts';
import type { ObjectVersion } from '../model/bucket-records.ts';
import { noSuchKey, preconditionFailed } from './errors.ts';

/** Conditions of a read. Times are compared to the second. */
export interface ReadConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  IfModifiedSince?: Date | undefined;
  IfUnmodifiedSince?: Date | undefined;
}

type Seen = Pick<ObjectVersion, 'etag' | 'modifiedAt'>;

const matches = (condition: string, { etag }: Seen): boolean =>
  condition
    .split(',')
    .map((one) => one.trim().replace(/^W\//, '').replace(/^"|"$/g, ''))
    .some((one) => one === '*' || one === etag);

const isLater = ({ modifiedAt }: Seen, time: Date): boolean =>
  new Date(modifiedAt).getTime() > Math.floor(time.getTime() / 1000) * 1000;

/**
 * Throws `PreconditionFailed`, or `NotModified` with status 304, which names the ETag (RFC 9110, section 15.4.5). If both kinds
 * are given, ETags take precedence over times ("GetObject"; RFC 9110, section 13.2.2).
 */
export const checkReadConditions = (conditions: ReadConditions, object: Seen): void => {
  const failed = failedCondition(conditions, object);
  if (failed === undefined) return;
  if (failed === 'If-None-Match' || failed === 'If-Modified-Since') {
    throw new AwsError('NotModified', 'Not Modified', {
      status: 304,
      headers: { etag: `"${object.etag}"`, 'last-modified': new Date(object.modifiedAt).toUTCString() },
    });
  }
  throw preconditionFailed(failed);
};

/** The same for the source of a copy, for which nothing is "not modified". */
export const checkCopyConditions = (conditions: ReadConditions, source: Seen): void => {
  const failed = failedCondition(conditions, source);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
};

const failedCondition = (
  { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }: ReadConditions,
  object: Seen,
): string | undefined => {
  if (IfMatch !== undefined && !matches(IfMatch, object)) return 'If-Match';
  if (IfMatch === undefined && IfUnmodifiedSince && isLater(object, IfUnmodifiedSince)) {
    return 'If-Unmodified-Since';
  }
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, object)) return 'If-None-Match';
  if (IfNoneMatch === undefined && IfModifiedSince && !isLater(object, IfModifiedSince)) {
    return 'If-Modified-Since';
  }
  return undefined;
};

/**
 * Conditions of a write ("Conditional writes"): `If-None-Match: *` if no object may exist, `If-Match` if it must be this one.
 * Any other If-None-Match is refused, as on AWS.
 */
export const checkWriteConditions = (
  { IfMatch, IfNoneMatch }: Pick<ReadConditions, 'IfMatch' | 'IfNoneMatch'>,
  key: string,
  current: Seen | undefined,
): void => {
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') {
    throw new AwsError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      { details: { Header: 'If-None-Match' } },
    );
  }
  if (IfNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  if (!matches(IfMatch, current)) throw preconditionFailed('If-Match');
};
