import { isObject } from '../lib/is-object.ts';
import type { Json } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import type { Finding, Place } from './finding.ts';
import { together } from './instance-type.ts';
import type { RegionWork } from './region-work.ts';

export const kmsKeys = inEachRegion(
  ({ toBuild }) => toBuild.some((target) => keysOf(target).length > 0),
  async (work, { placeOf }) => judgeKmsKeys(work, placeOf),
);

interface NamedKey {
  key: string;
  option: (string | number)[];
}

/** The keys that a builder's volumes are to be encrypted with. Pure. */
function keysOf({ packer: { options } }: Target): NamedKey[] {
  const mappings = [options.launch_block_device_mappings].flat() as (Json | undefined)[];
  return mappings.flatMap((mapping, index): NamedKey[] => {
    const key = isObject(mapping) ? mapping.kms_key_id : undefined;
    if (typeof key !== 'string' || key === '') return [];
    return [{ key, option: ['launch_block_device_mappings', index, 'kms_key_id'] }];
  });
}

/**
 * A key is of one region and encrypts volumes there alone (KMS Developer Guide, "Multi-Region keys"; a multi-Region key has an ARN in
 * each region). Whether it is there, is enabled, and may be used, KMS is not asked. Pure.
 */
export function judgeKmsKeys(
  { region, toBuild }: Pick<RegionWork, 'region' | 'toBuild'>,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const found = toBuild.flatMap((target) =>
    keysOf(target).map(({ key, option }): Finding => {
      const place: Place = {
        check: 'KMS key',
        region,
        place: placeOf(target, option),
        targets: [target.name],
        stops: 'building',
      };
      const itsRegion = /^arn:[^:]+:kms:([a-z0-9-]+):/.exec(key)?.[1];
      if (itsRegion !== undefined && itsRegion !== region) {
        return {
          ...place,
          is: 'refused',
          code: 'kms-key-unusable',
          expected: `a key of ${region}`,
          found: `${key}, a key of ${itsRegion}`,
          todo: `Set the mapping for each region: "regions": {"${region}": {"launch_block_device_mappings": […]}}, or name the key by an alias that each region has`,
        };
      }
      const command = `aws kms describe-key --region ${region} --key-id ${key}`;
      return {
        ...place,
        is: 'not-checked',
        expected: 'a key that is there, is enabled, and that you and the accounts you share with may use',
        found: `${key}, of which KMS was not asked`,
        todo: `Look at it: ${command}`,
        command,
      };
    }),
  );
  return together(found);
}
