import type { Problem } from '../../lib/problem.ts';
import type { Publication } from '../../model/publication.ts';

/** Days in ten years, and in two, without their leap days. */
const mostDays = 3650;
const mostOfPublic = 730;

/**
 * "retireFor" stands beside what chooses AMIs. EC2 takes deprecation dates of at most ten years, and of public AMIs at most two years after their creation ("Deprecate an Amazon
 * EC2 AMI", Amazon EC2 User Guide).
 */
export function lifecycle({ lifecycle: of = {}, share, retention }: Publication): Problem[] {
  const most = share.public ? mostOfPublic : mostDays;
  const whose = share.public ? ', since EC2 deprecates public AMIs two years after their creation' : '';
  const given: [place: string, days: number | undefined][] = [
    ['deprecateAfter', of.deprecateAfter],
    ['supersede.deprecateAfter', of.supersededAfter],
  ];
  const { retireFor, ...chooses } = retention ?? {};
  const alone: Problem[] =
    retireFor === undefined || Object.keys(chooses).length > 0
      ? []
      : [
          {
            place: 'retention',
            expected: '"keepLast" or "olderThan" beside "retireFor", which chooses no AMIs',
            found: '"retireFor" alone',
          },
        ];
  const dates = given.flatMap(([place, days]) =>
    days === undefined || days <= most
      ? []
      : [{ place, expected: `at most ${most} days${whose}`, found: `${days} days` }],
  );
  return [...dates, ...alone];
}
