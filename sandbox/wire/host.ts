import { regionNames } from '../regions.ts';
import type { ServiceName } from './service.ts';

export interface Endpoint {
  service: ServiceName;
  region: string;
}

/**
 * Which service and region a host name stands for: `ec2.us-east-1.amazonaws.com`, and the global
 * `sts.amazonaws.com` and `ec2.amazonaws.com`, which are us-east-1 (AWS General Reference, service endpoints).
 * Undefined for any host that the sandbox does not have, regions that do not exist included.
 */
export const endpointOf = (hostname: string): Endpoint | undefined => {
  const match = /^(ec2|sts|ssm)(?:\.([a-z0-9-]+))?\.amazonaws\.com$/.exec(hostname.toLowerCase());
  if (!match) return undefined;
  const service = match[1] as ServiceName;
  const region = match[2] ?? (service === 'ssm' ? undefined : 'us-east-1');
  return region !== undefined && regionNames.has(region) ? { service, region } : undefined;
};
