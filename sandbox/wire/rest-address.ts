import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import { s3HostOf } from './s3-host.ts';

/** Which bucket and key a request is about: the bucket is named by the host or begins the path. */
export interface Address {
  bucket?: string;
  key?: string;
}

/** Throws `InvalidURI` where the path is no UTF-8 text in percent encoding. */
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
