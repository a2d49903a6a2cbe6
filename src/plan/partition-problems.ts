import { partitionOf } from '../aws/partition.ts';
import type { Problem } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';

/**
 * Regions of different partitions, which have separate accounts and credentials, and organizations of another partition than
 * the regions: nothing spans partitions ("AWS partitions", AWS Fault Isolation Boundaries). Pure.
 */
export function partitionProblems({ regions, share }: Publication): Problem[] {
  const byPartition = Map.groupBy(
    regions.map(({ name }) => name),
    partitionOf,
  );
  if (byPartition.size > 1) {
    const found = [...byPartition].map(([partition, names]) => `${names.join(', ')} of ${partition}`);
    return [
      {
        place: 'regions',
        expected: 'regions of one partition, since an account belongs to one',
        found: found.join('; '),
        advice: 'Make one publication for each partition.',
      },
    ];
  }
  const [partition = 'aws'] = byPartition.keys();
  return share.organizations.flatMap((arn): Problem[] => {
    const [, own] = arn.split(':');
    if (own === partition) return [];
    const expected = `organizations of the partition ${partition}, like the regions`;
    return [{ place: 'share.organizations', expected, found: JSON.stringify(arn) }];
  });
}
