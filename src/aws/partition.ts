/** The region of a partition (`aws`, `aws-cn`, `aws-us-gov`) to ask in where any would do. */
export function homeRegionOfPartition(partition: string | undefined): string {
  if (partition === 'aws-cn') return 'cn-north-1';
  if (partition === 'aws-us-gov') return 'us-gov-west-1';
  return 'us-east-1';
}

/** The partition that a region belongs to: the beginning of every ARN in it. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
