import { serviceNames } from '../model/service-names.ts';
import { s3CertificateNames, s3HostOf } from '../wire/s3-host.ts';

const regional = new RegExp(
  `^(?:${serviceNames.filter((name) => name !== 's3' && name !== 'iam').join('|')})\\.([a-z0-9-]+)\\.amazonaws\\.com$`,
);

/**
 * Whether the embedded AWS answers for this host: its services in the regions given, the hosts of S3's buckets included,
 * the global STS, IAM, which has no other host, and the global S3.
 */
export function isAwsHost(host: string, regions: ReadonlySet<string>): boolean {
  if (host === 'sts.amazonaws.com' || host === 'iam.amazonaws.com') return true;
  const s3 = s3HostOf(host);
  if (s3) return s3.region === undefined || regions.has(s3.region);
  const region = regional.exec(host)?.[1];
  return region !== undefined && regions.has(region);
}

/** The names in the certificate that a host of AWS presents. */
export function certificateNames(host: string): string[] {
  const s3 = s3HostOf(host);
  return s3 ? s3CertificateNames(s3) : [host];
}

const mebibyte = 1024 * 1024;

/** Bytes that a request to a host may have. The calls of the query and JSON services are far smaller; S3 takes content. */
export const bodyLimitOf = (host: string): number => (s3HostOf(host) ? 256 * mebibyte : 4 * mebibyte);
