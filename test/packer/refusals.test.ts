import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Refusal, readRefusals } from '../../src/packer/refusals.ts';

const [old, noble, jammy, xenial] = ['1804', '2404', '2204', '1604'].map(
  (ubuntu) => `us-east-1-${ubuntu}-hvm`,
) as [string, string, string, string];

const read = (file: string) => readFileSync(new URL(`validations/${file}`, import.meta.url), 'utf8');
/** The output of `packer validate` for a template in `/templates`. */
const refusals = (name: string, version: string) =>
  readRefusals(read(`${name}-${version}.txt`), {
    file: `/templates/${name}.pkr.json`,
    text: read(`${name}-template.txt`),
  });
const places = (found: Refusal[]) =>
  found.map(({ target, provisioner, option }) => [target, provisioner, option]);

describe.each(['1.6.6', '1.16.0'])('a problem that Packer %s reports is found at its place', (version) => {
  it('for options that it does not know or cannot read, also nested ones', () => {
    expect(places(refusals('options', version))).toEqual(
      expect.arrayContaining([
        ['us-east-1-1404-pv', undefined, ['spot_prize']],
        [old, undefined, ['ebs_optimized']],
        [old, undefined, ['security_group_ids']],
        [jammy, undefined, ['boot_mode']],
        [noble, undefined, ['boot_mode']],
        [noble, undefined, ['launch_block_device_mappings', 1, 'volume_size']],
      ]),
    );
  });

  it('for options that are missing or exclude each other: each error of a list is one problem', () => {
    const found = refusals('builders', version);
    expect(places(found)).toEqual(
      expect.arrayContaining([
        [xenial, undefined, ['ssh_timeout']],
        [old, undefined, ['ami_description']],
        [jammy, undefined, ['ssh_username']],
        [noble, undefined, []],
        [noble, undefined, []],
      ]),
    );
    const words = found.filter(({ target }) => target === noble).map((one) => one.words);
    expect(words).toEqual([
      expect.stringMatching(/^either instance_type or spot_instance_types must be specified$/i),
      expect.stringMatching(/^Only one of user_data or user_data_file can be specified\.$/),
    ]);
  });

  it('for provisioners, although the template counts only those that run for a target', () => {
    const found = refusals('provisioners', version);
    expect(places(found)).toEqual(
      expect.arrayContaining([
        [jammy, 1, ['inlin']],
        [noble, 0, []],
        [noble, 2, []],
      ]),
    );
    expect(found.map(({ words }) => words).join('\n')).toContain(
      'No argument or block type is named "inlin".',
    );
  });

  it('for the type of a provisioner', () => {
    const [found] = refusals('types', version);
    expect(found).toMatchObject({ target: noble, provisioner: 1, option: [] });
    expect(found?.words).toMatch(
      /^Unknown provisioner type "nothing": (?:known provisioners: |The provisioner nothing is unknown by Packer)/,
    );
  });

  it('without lines and paths of the template', () => {
    const all = ['options', 'builders', 'provisioners', 'types'].flatMap((name) => refusals(name, version));
    expect(all.map(({ words }) => words).join('\n')).not.toMatch(/\/templates\/|line \d+|source code/);
  });
});

const template = { file: '/the templates/a b.pkr.json', text: read('options-template.txt') };

it('finds a place by the name of a source if there is no line', () => {
  const named = `Error: Failed to start build amazon-ebs.${noble}\n\nno reason\n`;
  expect(readRefusals(named, template)).toEqual([
    { words: `Failed to start build amazon-ebs.${noble}: no reason`, target: noble, option: [] },
  ]);
});

it('recognizes its own file in a path with spaces, even if Packer wraps it', () => {
  const lines = template.text.split('\n');
  const line = lines.findIndex((one) => one.includes('"spot_prize"')) + 1;
  const wrapped = `Error: no\n\n/the templates/a\nb.pkr.json:${line},13-20: Extraneous\nproperty.\n`;
  expect(readRefusals(wrapped, template)).toMatchObject([
    { words: 'no: Extraneous property.', target: 'us-east-1-1404-pv', option: ['spot_prize'] },
  ]);
});

it("sorts Packer's list of known options, which Packer does not", () => {
  const said = (list: string) => `Error: Unknown provisioner type "x"\n\nknown provisioners: [${list}]\n`;
  const [one] = readRefusals(said('shell file\nsleep'), template);
  expect(one?.words).toBe('Unknown provisioner type "x": known provisioners: [file shell sleep]');
  expect(readRefusals(said('sleep file shell'), template)).toEqual([one]);
});

it('reports neither warnings nor the trace of a Packer crash', () => {
  const said = 'Warning: old\n\nan option\n\n???????: Failed to parse pause_before duration\n\ninvalid\n\n';
  const crash = `${'!'.repeat(20)} PACKER CRASH ${'!'.repeat(20)}\n\nPacker crashed!\n`;
  expect(readRefusals(said + crash, template)).toEqual([
    { words: 'Failed to parse pause_before duration: invalid', option: [] },
  ]);
});

it('hides credentials, and finds nothing in unreadable output', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const [found] = readRefusals(`Error: bad value "${secret}"\n`, template);
  expect(found?.words).toMatch(/^bad value/);
  expect(found?.words).not.toContain(secret);
  expect(readRefusals('packer: not found\n', template)).toEqual([]);
  expect(readRefusals('', template)).toEqual([]);
});

it('finds an option inside a mapping by its name and device', () => {
  const mapping = (device: string) => ({ device_name: device, throughput: 1 });
  const mappings = ['/dev/sda1', '/dev/sdb'].map(mapping);
  const source = { 'amazon-ebs': { [noble]: { launch_block_device_mappings: mappings } } };
  const text = JSON.stringify({ source, build: [{ sources: [`source.amazon-ebs.${noble}`] }] }, null, 2);
  const line = text.split('\n').findIndex((one) => one.includes(noble)) + 1;
  const said =
    'Error: 1 error(s) occurred:\n\n* Throughput must be between 125 and 1000 for device /dev/sdb\n\n' +
    `  on /t.pkr.json line ${line}:\n  (source code not available)\n\n`;
  expect(readRefusals(said, { file: '/t.pkr.json', text })).toMatchObject([
    { target: noble, option: ['launch_block_device_mappings', 1, 'throughput'] },
  ]);
});
