import type { Check, CheckContext } from './check.ts';
import type { Finding, Place } from './finding.ts';
import { together } from './instance-type.ts';
import type { RegionWork } from './region-work.ts';

export const baseImageDeprecated: Check = async (works, { placeOf }) =>
  works.filter(({ toBuild }) => toBuild.length > 0).flatMap((work) => judgeDeprecation(work, placeOf));

/**
 * Whether the owner has deprecated its image: such an image may disappear at any time ("Deprecate an AMI", Amazon EC2 User
 * Guide). There is no warning if the newest image of an Ubuntu release is deprecated, since there is no better one, or if the
 * release's existing AMIs were built from the image, since it is kept on purpose. The plan already has the answer, so AWS is
 * not asked again. Pure.
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
