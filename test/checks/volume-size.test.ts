import { describe, expect, it } from 'vitest';
import type { BaseImageFacts } from '../../src/aws/base-image-facts.ts';
import { judgeVolumeSizes } from '../../src/checks/volume-size.ts';
import { failedLookup, okLookup } from '../../src/model/lookup.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { baseFacts } from '../support/base-facts.ts';
import { target } from '../support/embedded.ts';

const facts: BaseImageFacts = {
  ...baseFacts,
  sizes: [
    { device: '/dev/sda1', size: 8 },
    { device: '/dev/sdf', size: 100 },
  ],
};
const bases = okLookup(new Map([[facts.id, facts]]));
const placeOf = (_: Target, option: readonly (string | number)[]) => option.join('.');
const mapped = (...mappings: Record<string, string | number | boolean>[]): Target => ({
  ...target,
  packer: { ...target.packer, options: { launch_block_device_mappings: mappings } },
});
const judge = (one: Target) => judgeVolumeSizes({ region: 'us-east-1', toBuild: [one] }, bases, placeOf);
const root = { device_name: '/dev/sda1' };

describe('the size of a volume', () => {
  it.each([
    ['smaller than the snapshot', { ...root, volume_size: 7 }, 'refused'],
    ['smaller, as a text', { ...root, volume_size: '7' }, 'refused'],
    ['the same', { ...root, volume_size: 8 }, 'ok'],
    ['larger', { ...root, volume_size: 9 }, 'ok'],
    ['not given', root, 'ok'],
    ['zero, which Packer leaves out', { ...root, volume_size: 0 }, 'ok'],
    ['of another snapshot', { ...root, volume_size: 7, snapshot_id: 'snap-0123456789abcdef0' }, 'ok'],
    ['of a device that is left out', { ...root, volume_size: 7, no_device: true }, 'ok'],
    ['of a device that the base image lacks', { device_name: '/dev/sdg', volume_size: 1 }, 'ok'],
  ])('%s: %j: %s', (_, mapping, is) => {
    expect(judge(mapped(mapping)).map((one) => one.is)).toEqual([is]);
  });

  it('names each mapping that asks for too little', () => {
    const small = mapped({ ...root, volume_size: 4 }, { device_name: '/dev/sdf', volume_size: 50 });
    expect(judge(small)).toMatchObject([
      {
        code: 'volume-too-small',
        place: 'launch_block_device_mappings.0.volume_size',
        expected: `at least 8 GiB, the size of /dev/sda1 of ${target.base.name}`,
        found: '4 GiB',
      },
      { place: 'launch_block_device_mappings.1.volume_size', found: '50 GiB' },
    ]);
  });

  it('is unknown if AWS does not say how large the base image is', () => {
    const error = { code: 'Denied', message: 'no', operation: 'ec2:Some', region: 'us-east-1' };
    const small = mapped({ ...root, volume_size: 4 });
    const found = judgeVolumeSizes({ region: 'us-east-1', toBuild: [small] }, failedLookup(error), placeOf);
    expect(found.map((one) => one.is)).toEqual(['unknown']);
  });
});
