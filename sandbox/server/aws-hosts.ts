import { awsDomain } from '../wire/other-service.ts';
import { s3CertificateNames, s3HostOf } from '../wire/s3-host.ts';

/**
 * Whether a host is one of AWS's endpoints, of any service, region and partition. The embedded AWS answers for all of them: for
 * what it does not have with an error in the words of the service, which clients show, where a refused tunnel looks like a
 * network that fails.
 */
export const isAwsHost = (host: string): boolean => awsDomain.test(host) && /^[a-z0-9.-]+$/.test(host);

/** The names in the certificate that a host of AWS presents. */
export function certificateNames(host: string): string[] {
  const s3 = s3HostOf(host);
  return s3 ? s3CertificateNames(s3) : [host];
}

const mebibyte = 1024 * 1024;

/** Bytes that a request may have. The calls of the query and JSON services are far smaller; S3 takes content. */
export const bodyLimits = { content: 256 * mebibyte, call: 4 * mebibyte };

/** Bytes that a request to a host may have. */
export const bodyLimitOf = (host: string): number => (s3HostOf(host) ? bodyLimits.content : bodyLimits.call);
