import type { BaseImageFacts } from '../aws/base-image-facts.ts';
import type { Lookup } from '../model/lookup.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { together } from './instance-type.ts';
import { launchMappings } from './launch-mappings.ts';
import type { RegionWork } from './region-work.ts';
import { basesOf } from './shared-answers.ts';

export const volumeSizes = inEachRegion(
  ({ toBuild }) => toBuild.some((target) => launchMappings(target).some(isSized)),
  async (work, { clients, placeOf }) => judgeVolumeSizes(work, await basesOf(work, clients), placeOf),
);

/** Whether a mapping sets the size of a volume that is made from the base image's own snapshot. */
const isSized = ({ mapping }: { mapping: Record<string, unknown> }): boolean =>
  sizeOf(mapping) > 0 && mapping.no_device !== true && (mapping.snapshot_id ?? '') === '';

const sizeOf = ({ volume_size: size }: Record<string, unknown>): number => Number(size ?? 0);

/**
 * Whether the volumes in mappings are as large as those of the base image, which they are made from: EC2 refuses smaller ones with
 * InvalidBlockDeviceMapping when the builder is launched ("volume size … equal to or greater than the snapshot size":
 * EbsBlockDevice, EC2 API reference). Pure.
 */
export function judgeVolumeSizes(
  { region, toBuild }: Pick<RegionWork, 'region' | 'toBuild'>,
  bases: Lookup<ReadonlyMap<string, BaseImageFacts>>,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check: 'size of volumes', region, stops: 'building' };
  if (!bases.ok) return [notKnown(all, 'the sizes of the volumes of the base image', bases.error)];
  const found = toBuild.flatMap((target) => {
    const sizes = bases.value.get(target.base.id)?.sizes ?? [];
    return launchMappings(target)
      .filter(isSized)
      .flatMap(({ name, index, mapping }): Finding[] => {
        const least = sizes.find(({ device }) => device === name)?.size;
        if (least === undefined || sizeOf(mapping) >= least) return [];
        return [
          {
            ...all,
            place: placeOf(target, ['launch_block_device_mappings', index, 'volume_size']),
            targets: [target.name],
            is: 'refused',
            code: 'volume-too-small',
            expected: `at least ${least} GiB, the size of ${name} of ${target.base.name}`,
            found: `${sizeOf(mapping)} GiB`,
            todo: `Raise it to ${least}, or leave it out to get a volume as large as the base image's`,
          },
        ];
      });
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : together(found);
}
