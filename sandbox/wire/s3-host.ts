/** The parts of an S3 host name: `BUCKET.s3.REGION.amazonaws.com`, without bucket, without region, or without both. */
export interface S3Host {
  /** Virtual-hosted-style requests name the bucket in the host; it may contain dots. */
  bucket?: string;
  /** Absent for the global endpoint, `s3.amazonaws.com`. */
  region?: string;
}

/** Undefined for a host that is not S3's. Does not check whether the region exists. */
export const s3HostOf = (hostname: string): S3Host | undefined => {
  const match = /^(?:(.+)\.)?s3(?:\.([a-z0-9-]+))?\.amazonaws\.com$/.exec(hostname.toLowerCase());
  if (!match) return undefined;
  const [, bucket, region] = match;
  return { ...(bucket === undefined ? {} : { bucket }), ...(region === undefined ? {} : { region }) };
};

/**
 * The names in S3's certificate for a host. A wildcard covers one label, so virtual-hosted-style requests to a bucket with dots
 * fail at TLS, here as on AWS ("Virtual hosting of general purpose buckets").
 */
export const s3CertificateNames = ({ region }: S3Host): string[] => {
  const base = region === undefined ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
  return [base, `*.${base}`];
};
