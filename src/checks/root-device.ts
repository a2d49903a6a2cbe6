import type { BaseImageFacts } from '../aws/base-image-facts.ts';
import type { Lookup } from '../model/lookup.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { together } from './instance-type.ts';
import { launchMappings } from './launch-mappings.ts';
import type { RegionWork } from './region-work.ts';
import { basesOf } from './shared-answers.ts';

export const rootDevices = inEachRegion(
  ({ toBuild }) => toBuild.some((target) => launchMappings(target).length > 0),
  async (work, { clients, placeOf }) => judgeRootDevices(work, await basesOf(work, clients), placeOf),
);

/**
 * Names that may denote the same volume of an instance: EC2 keeps the base image's name ("Device names for volumes", Amazon EC2
 * User Guide).
 */
const usualRoots = new Set(['/dev/sda1', '/dev/sda', '/dev/xvda', '/dev/xvda1']);

/**
 * Whether a mapping that looks like the root's names the root device of the base image. If it names another device, the root
 * keeps its size and every instance of the AMI gets a second volume. That may be intended, so it is a warning. Pure.
 */
export function judgeRootDevices(
  { region, toBuild }: Pick<RegionWork, 'region' | 'toBuild'>,
  bases: Lookup<ReadonlyMap<string, BaseImageFacts>>,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check: 'root device in mappings', region, stops: 'building' };
  if (!bases.ok) return [notKnown(all, 'the root device of the base image', bases.error)];
  const found = toBuild.flatMap((target): Finding[] => {
    const root = bases.value.get(target.base.id)?.rootDeviceName;
    const devices = launchMappings(target);
    const [other] = devices.filter(({ name }) => usualRoots.has(name) && name !== root);
    if (root === undefined || other === undefined || devices.some(({ name }) => name === root)) return [];
    return [
      {
        ...all,
        place: placeOf(target, ['launch_block_device_mappings', other.index, 'device_name']),
        targets: [target.name],
        is: 'warning',
        expected: `${root}, the root device of ${target.base.name}`,
        found: `${other.name}: a second volume, and the root stays as it is`,
        todo: `Name ${root} if you mean the root device`,
      },
    ];
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : together(found);
}
