import type { BaseImageFacts } from '../aws/base-image-facts.ts';
import type { Lookup } from '../model/lookup.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { together } from './instance-type.ts';
import type { RegionWork } from './region-work.ts';
import { basesOf } from './shared-answers.ts';

export const baseImageWatermark = inEachRegion(
  ({ sharing, toBuild }) => sharing.public && toBuild.length > 0,
  async (work, { clients, placeOf }) => judgeWatermarks(work, await basesOf(work, clients), placeOf),
);

/**
 * An AMI inherits the watermarks of its base image, and an AMI with a watermark cannot be made public ("AMI watermarks", Amazon
 * EC2 User Guide). Pure.
 */
export function judgeWatermarks(
  { region, toBuild }: Pick<RegionWork, 'region' | 'toBuild'>,
  bases: Lookup<ReadonlyMap<string, BaseImageFacts>>,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check: 'watermarks of the base image', region, stops: 'building' };
  const expected = 'a base image without watermarks, since an AMI that inherits one cannot be public';
  if (!bases.ok) return [notKnown(all, expected, bases.error)];
  const found = toBuild.flatMap((target): Finding[] => {
    const base = bases.value.get(target.base.id);
    if (!base || base.watermarks.length === 0) return [];
    return [
      {
        ...all,
        place: placeOf(target, ['source_ami']),
        targets: [target.name],
        is: 'refused',
        code: 'base-image-watermarked',
        expected,
        found: `${base.id} ("${base.name}") with ${base.watermarks.join(', ')}`,
        todo: 'Use another base image, or share the AMIs with accounts instead of everybody',
      },
    ];
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : together(found);
}
