/** The region of a partition (`aws`, `aws-cn`, `aws-us-gov`) to use if any region works. */
export function homeRegionOfPartition(partition: string | undefined): string {
  if (partition === 'aws-cn') return 'cn-north-1';
  if (partition === 'aws-us-gov') return 'us-gov-west-1';
  return 'us-east-1';
}

/** The prefixes of region names in the partitions besides `aws` (the SDK's endpoint rules, `partitions.json`). */
const beginnings: readonly [string, string][] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

/** The partition of a region, as in the ARNs of its resources. */
export const partitionOf = (region: string): string =>
  beginnings.find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';
