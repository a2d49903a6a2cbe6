import type { Check, CheckContext } from './check.ts';
import type { Finding, Place } from './finding.ts';
import { together } from './instance-type.ts';
import type { RegionWork } from './region-work.ts';

export const baseImageDeprecated: Check = async (works, { placeOf }) =>
  works.filter(({ toBuild }) => toBuild.length > 0).flatMap((work) => judgeDeprecation(work, placeOf));

/**
 * Whether the owner still wants its image used: one that is deprecated may go at any time ("Deprecate an AMI", Amazon EC2 User
 * Guide). An Ubuntu release whose newest image is deprecated has no better one, and one that the release's existing AMIs were made
 * from is kept on purpose: neither is a warning. What the plan saw is enough, AWS is not asked again. Pure.
 */
export function judgeDeprecation(
  { region, toBuild }: Pick<RegionWork, 'region' | 'toBuild'>,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check: 'age of the base image', region, stops: 'building' };
  const found = toBuild.flatMap((target): Finding[] => {
    const { base } = target;
    if (!base.deprecated || base.via === 'images' || base.via === 'tag') return [];
    return [
      {
        ...all,
        place: placeOf(target, ['source_ami']),
        targets: [target.name],
        is: 'warning',
        expected: 'a base image that its owner has not deprecated',
        found: `${base.id} ("${base.name}")`,
        todo: 'Use a newer one: its owner may withdraw this one at any time',
      },
    ];
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : together(found);
}
