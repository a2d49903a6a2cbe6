const regional = /^(?:ec2|ssm|sts)\.([a-z0-9-]+)\.amazonaws\.com$/;

/** Whether the embedded AWS answers for this host: EC2, SSM and STS of the regions given, and the global STS. */
export function isAwsHost(host: string, regions: ReadonlySet<string>): boolean {
  if (host === 'sts.amazonaws.com') return true;
  const region = regional.exec(host)?.[1];
  return region !== undefined && regions.has(region);
}
