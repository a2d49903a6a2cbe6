import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../src/model/release-plan.ts';
import { distinctOptions } from '../../src/packer/distinct-options.ts';
import { digestOf, rememberValidated, validatedBefore } from '../../src/packer/validated-before.ts';
import { instanceStoreTarget, planOf, targetOf } from './plan.ts';

const names = (targets: Target[]) =>
  distinctOptions(planOf(...targets), targets).map((one) => one.targets.map(({ name }) => name));
const withOptions = (name: string, options: Target['packer']['options']) =>
  targetOf(name, { packer: { ...targetOf(name).packer, options } });

describe('sets of options', () => {
  it('are the same for all regions and base images, in any order of keys', () => {
    const [one, other] = [
      withOptions('us-east-1-2204-hvm', { instance_type: 't3.micro', ssh_username: 'ubuntu' }),
      withOptions('eu-west-1-2404-hvm', { ssh_username: 'ubuntu', instance_type: 't3.micro' }),
    ];
    expect(names([one, { ...other, base: { ...other.base, id: 'ami-0123' } }])).toEqual([
      ['us-east-1-2204-hvm', 'eu-west-1-2404-hvm'],
    ]);
    expect(
      names([instanceStoreTarget('us-east-1-1404-pv'), instanceStoreTarget('eu-west-1-1404-pv')]),
    ).toEqual([['us-east-1-1404-pv', 'eu-west-1-1404-pv']]);
  });

  it('are different if an option, a provisioner, the builder or the virtualization differs', () => {
    const base = targetOf('us-east-1-2204-hvm');
    const other = targetOf('eu-west-1-2204-hvm');
    const provisioned = { ...other.packer, provisioners: [{ type: 'shell', options: { inline: ['a'] } }] };
    expect(names([base, withOptions('eu-west-1-2204-hvm', { instance_type: 'm5.large' })])).toHaveLength(2);
    expect(names([base, { ...other, packer: provisioned }])).toHaveLength(2);
    expect(names([base, instanceStoreTarget('eu-west-1-1404-pv')])).toHaveLength(2);
    expect(
      names([instanceStoreTarget('us-east-1-1404-pv'), instanceStoreTarget('us-east-1-1404-hvm')]),
    ).toHaveLength(2);
  });

  it('have the same digest in every release, and another one with another option', () => {
    const digest = (target: Target, release = 'web@1.0.0') =>
      distinctOptions({ ...planOf(target), release }, [target])[0]?.digest;
    const target = targetOf('us-east-1-2204-hvm');
    expect(digest(target)).toBe(digest(targetOf('eu-west-1-2404-hvm'), 'web@2.0.0'));
    expect(digest(target)).not.toBe(digest(withOptions(target.name, { instance_type: 'x' })));
  });
});

describe('a validated set', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gopackgo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const key = async (packer = { path: '/usr/bin/packer', version: '1.6.6' }, playbook = 'play.yml') => {
    const provisioners = [{ type: 'ansible', options: { playbook_file: playbook } }];
    const target = targetOf('us-east-1-2204-hvm', {
      packer: { ...targetOf('us-east-1-2204-hvm').packer, provisioners },
    });
    const [set] = distinctOptions(planOf(target), [target]);
    if (!set) throw new Error('no set');
    return digestOf(set, packer, folder);
  };

  it('stays valid only with the same Packer and plugin, and the same files', async () => {
    const without = await key();
    writeFileSync(join(folder, 'play.yml'), '');
    const there = await key();
    const others = [
      without,
      await key({ path: '/usr/bin/packer', version: '1.16.0' }),
      await key({ path: '/usr/bin/packer', version: '1.6.6', plugin: '1.8.2' } as never),
      await key({ path: '/opt/packer', version: '1.6.6' }),
      await key(undefined, 'another.yml'),
    ];
    expect(new Set([there, ...others]).size).toBe(6);
    expect(await key()).toBe(there);
    writeFileSync(join(folder, 'play.yml'), 'other content, which Packer does not look at');
    expect(await key()).toBe(there);
  });

  it('is remembered in a file, unless that is damaged', async () => {
    const file = join(folder, '.gopackgo', 'validated.json');
    expect(await validatedBefore(file)).toEqual([]);
    await rememberValidated(file, ['a', 'b']);
    await rememberValidated(file, ['b', 'c']);
    expect(await validatedBefore(file)).toEqual(['a', 'b', 'c']);
    for (const damaged of ['', '{', 'null', '{"format":2,"passed":["a"]}']) {
      writeFileSync(file, damaged);
      expect(await validatedBefore(file)).toEqual([]);
    }
  });
});
