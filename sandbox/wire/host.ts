import { regionNames } from '../model/regions.ts';
import { type ServiceName, serviceNames } from '../model/service-names.ts';
import { s3HostOf } from './s3-host.ts';

export interface Endpoint {
  service: ServiceName;
  region: string;
  /** S3 only: the request went to the global endpoint, which redirects to a bucket's own region. */
  isGlobal?: boolean;
}

const ofService = new RegExp(
  `^(${serviceNames.filter((name) => name !== 's3').join('|')})(?:\\.([a-z0-9-]+))?\\.amazonaws\\.com$`,
);

/** Services that have a host without a region. */
const withoutRegion: readonly ServiceName[] = ['ec2', 'iam', 'sts'];

/**
 * The service and region of a host name: `ec2.us-east-1.amazonaws.com`, and the global hosts `sts.amazonaws.com`,
 * `ec2.amazonaws.com`, `s3.amazonaws.com` and `iam.amazonaws.com` (IAM's only one), which stand for us-east-1 (AWS General
 * Reference, service endpoints). S3 buckets have hosts of their own. Undefined for any host that the sandbox does not have,
 * including regions that do not exist.
 */
export const endpointOf = (hostname: string): Endpoint | undefined => {
  const s3 = s3HostOf(hostname);
  if (s3) {
    if (s3.region === undefined) return { service: 's3', region: 'us-east-1', isGlobal: true };
    return regionNames.has(s3.region) ? { service: 's3', region: s3.region } : undefined;
  }
  const match = ofService.exec(hostname.toLowerCase());
  if (!match) return undefined;
  const service = match[1] as ServiceName;
  if (service === 'iam' && match[2] !== undefined) return undefined;
  const region = match[2] ?? (withoutRegion.includes(service) ? 'us-east-1' : undefined);
  return region !== undefined && regionNames.has(region) ? { service, region } : undefined;
};
