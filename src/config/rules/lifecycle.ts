import type { Problem } from '../../lib/problem.ts';
import type { Publication } from '../../model/publication.ts';

/** Days in ten years, and in two, without their leap days. */
const mostDays = 3650;
const mostOfPublic = 730;

/**
 * EC2 takes deprecation dates of at most ten years, and of public AMIs at most two years after their creation ("Deprecate an Amazon
 * EC2 AMI", Amazon EC2 User Guide).
 */
export function lifecycle({ lifecycle: of = {}, share }: Publication): Problem[] {
  const most = share.public ? mostOfPublic : mostDays;
  const whose = share.public ? ', since EC2 deprecates public AMIs two years after their creation' : '';
  const given: [place: string, days: number | undefined][] = [
    ['deprecateAfter', of.deprecateAfter],
    ['supersede.deprecateAfter', of.supersededAfter],
  ];
  return given.flatMap(([place, days]) =>
    days === undefined || days <= most
      ? []
      : [{ place, expected: `at most ${most} days${whose}`, found: `${days} days` }],
  );
}
