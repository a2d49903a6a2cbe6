import { describe, expect, it } from 'vitest';
import { judgeOpenSsh } from '../../src/checks/open-ssh.ts';
import { judgeRootDevices } from '../../src/checks/root-device.ts';
import { failedLookup, okLookup } from '../../src/model/lookup.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { baseFacts } from '../support/base-facts.ts';
import { target } from '../support/embedded.ts';

const withOptions = (options: Target['packer']['options'], name = target.name): Target => ({
  ...target,
  name,
  packer: { ...target.packer, options },
});
const placeOf = (_: Target, option: readonly (string | number)[]) => option.join('.');

describe('SSH of builders', () => {
  it.each<[string, Target['packer']['options'], string]>([
    ['by default', {}, 'warning'],
    ['to everywhere', { temporary_security_group_source_cidrs: ['10.0.0.0/8', '0.0.0.0/0'] }, 'warning'],
    ['to everywhere, by IPv6', { temporary_security_group_source_cidrs: '::/0' }, 'warning'],
    ['to some', { temporary_security_group_source_cidrs: ['203.0.113.7/32'] }, 'ok'],
    ['in a group of their own', { security_group_ids: ['sg-0123'] }, 'ok'],
    ['by Session Manager', { ssh_interface: 'session_manager' }, 'ok'],
    ['to this machine', { temporary_security_group_source_public_ip: true }, 'ok'],
    ['not at all', { communicator: 'none' }, 'ok'],
  ])('is open %s: %s', (_, options, is) => {
    expect(judgeOpenSsh([withOptions(options)], placeOf).map((one) => one.is)).toEqual([is]);
  });

  it('is reported once for all targets, and not if nothing is built', () => {
    const own = withOptions({ security_group_id: 'sg-0123' });
    expect(judgeOpenSsh([own, target, target], placeOf)).toMatchObject([
      { is: 'warning', place: 'temporary_security_group_source_cidrs' },
    ]);
    expect(judgeOpenSsh([], placeOf)).toEqual([]);
  });
});

describe('the root device in mappings', () => {
  const bases = okLookup(new Map([[baseFacts.id, baseFacts]]));
  const mapped = (...names: string[]) =>
    withOptions({ launch_block_device_mappings: names.map((device_name) => ({ device_name })) });
  const judge = (one: Target) => judgeRootDevices({ region: 'us-east-1', toBuild: [one] }, bases, placeOf);

  it.each([
    ['its own', ['/dev/sda1'], 'ok'],
    ['another that looks like one', ['/dev/xvda'], 'warning'],
    ['its own and another', ['/dev/xvda', '/dev/sda1'], 'ok'],
    ['a volume for data', ['/dev/sdf'], 'ok'],
  ])('%s: %j: %s', (_, names, is) => {
    expect(judge(mapped(...names)).map((one) => one.is)).toEqual([is]);
  });

  it('is named with the device that the mapping has instead, once for targets that share it', () => {
    const [one, other] = [mapped('/dev/sdf', '/dev/xvda'), mapped('/dev/sdf', '/dev/xvda')];
    const both = [one, { ...other, name: 'other' }];
    expect(judgeRootDevices({ region: 'us-east-1', toBuild: both }, bases, placeOf)).toEqual([
      {
        check: 'root device in mappings',
        region: 'us-east-1',
        stops: 'building',
        place: 'launch_block_device_mappings.1.device_name',
        targets: [target.name, 'other'],
        is: 'warning',
        expected: `/dev/sda1, the root device of ${target.base.name}`,
        found: '/dev/xvda: a second volume, and the root stays as it is',
        todo: 'Name /dev/sda1 if you mean the root device',
      },
    ]);
  });

  it('is unknown if the lookup failed', () => {
    const denied = failedLookup({
      code: 'Denied',
      message: 'no',
      operation: 'ec2:Some',
      region: 'us-east-1',
    });
    const [finding] = judgeRootDevices(
      { region: 'us-east-1', toBuild: [mapped('/dev/xvda')] },
      denied,
      placeOf,
    );
    expect(finding?.is).toBe('unknown');
  });
});
