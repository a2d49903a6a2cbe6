import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import { s3HostOf } from './s3-host.ts';

/** The bucket and key of a request. The bucket is in the host or at the start of the path. */
export interface Address {
  bucket?: string;
  key?: string;
}

/** Throws `InvalidURI` if the path is not percent-encoded UTF-8. */
export const addressOf = ({ hostname, path }: Pick<AwsRequest, 'hostname' | 'path'>): Address => {
  const whole = decoded((path.split('?')[0] ?? '').replace(/^\//, ''));
  const host = s3HostOf(hostname)?.bucket;
  if (host !== undefined) return whole === '' ? { bucket: host } : { bucket: host, key: whole };
  const slash = whole.indexOf('/');
  const bucket = slash < 0 ? whole : whole.slice(0, slash);
  const key = slash < 0 ? '' : whole.slice(slash + 1);
  if (bucket === '') return {};
  return key === '' ? { bucket } : { bucket, key };
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
};
