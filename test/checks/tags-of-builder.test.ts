import { expect, it } from 'vitest';
import { tagsOf } from '../../src/checks/tags-of-builder.ts';
import type { Json } from '../../src/model/publication.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { target as aTarget } from '../support/embedded.ts';

const asked = (plugin: string | undefined, options: Record<string, Json> = {}, more: Partial<Target> = {}) =>
  tagsOf(
    { release: 'web@1.0.0' },
    { ...aTarget, packer: { ...aTarget.packer, options }, ...more },
    { host: 'this-machine', plugin },
  );

const own = {
  'gopackgo:release': 'web@1.0.0',
  'gopackgo:target': aTarget.name,
  'gopackgo:recipe': aTarget.recipe,
  'gopackgo:base': '099720109477/ubuntu-22.04',
  'gopackgo:attempt': 'dry-run.0',
  'gopackgo:host': 'this-machine',
};

it('tags the same resources as each version of the amazon plugin, with its own name before 1.0.9', () => {
  const named = { Name: 'Packer Builder', ...own };
  expect(asked('0.0.0')).toEqual({ instance: named, volume: own });
  expect(asked('1.0.2')).toEqual({
    instance: named,
    volume: own,
    'key-pair': own,
    'security-group': own,
  });
  const newest = {
    instance: own,
    volume: own,
    'network-interface': own,
    'key-pair': own,
    'security-group': own,
  };
  expect(asked('1.8.3-dev')).toEqual(newest);
  expect(asked(undefined)).toEqual(newest);
});

it('has the tags of the config, including those in blocks and its own name', () => {
  const { instance, volume } = asked('0.0.0', {
    run_tags: { Name: 'web', Team: 'images' },
    run_tag: [{ key: 'Cost', value: '7' }],
    run_volume_tags: { Disk: 'root' },
  });
  expect(instance).toEqual({ ...own, Name: 'web', Team: 'images', Cost: '7' });
  expect(volume).toEqual({ ...own, Disk: 'root' });
});

it('tags no instance-store volumes, and nothing if Packer tags afterwards', () => {
  const packer = { ...aTarget.packer, builder: 'amazon-instance' } as const;
  expect(asked('1.8.2', {}, { packer })).not.toHaveProperty('volume');
  expect(asked('1.8.2', {}, { region: 'cn-north-1' })).toEqual({});
  expect(asked('1.0.8', {}, { region: 'us-gov-west-1' })).toEqual({});
  expect(asked('1.0.9', {}, { region: 'us-gov-west-1' })).toHaveProperty('instance');
});
