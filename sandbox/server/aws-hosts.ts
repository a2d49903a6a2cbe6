import { awsDomain } from '../wire/other-service.ts';
import { s3CertificateNames, s3HostOf } from '../wire/s3-host.ts';

/**
 * Whether a host is an AWS endpoint, of any service, region and partition. The embedded AWS answers for all of them. For
 * unsupported ones it answers with an error in the words of the service, which clients show; a refused tunnel would look like a
 * network failure.
 */
export const isAwsHost = (host: string): boolean => awsDomain.test(host) && /^[a-z0-9.-]+$/.test(host);

/** The names in the certificate of an AWS host. */
export function certificateNames(host: string): string[] {
  const s3 = s3HostOf(host);
  return s3 ? s3CertificateNames(s3) : [host];
}

const mebibyte = 1024 * 1024;

/** The maximum size of a request in bytes. Calls of the query and JSON services are far smaller; S3 accepts content. */
export const bodyLimits = { content: 256 * mebibyte, call: 4 * mebibyte };

/** The maximum size of a request to a host, in bytes. */
export const bodyLimitOf = (host: string): number => (s3HostOf(host) ? bodyLimits.content : bodyLimits.call);
