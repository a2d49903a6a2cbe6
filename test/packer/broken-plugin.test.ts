import { expect, it } from 'vitest';
import { brokenPlugin } from '../../src/packer/broken-plugin.ts';

const packer = { path: '/usr/bin/packer', version: '1.16.0', plugin: '1.8.2', pluginFolder: '/plugins' };

/** The output of `packer validate` of Packer 1.16.0 for a plugin. */
const otherProtocol = 'Error: Failed to load source type\n\nUnrecognized remote plugin message: hello\n\n\n';
const otherApi = (of: string) => `Error: Unknown source type ${of}

  on /project/templates/us-east-1.pkr.json line 1:
  (source code not available)

The source ${of} is unknown by Packer, and is likely part of a plugin that
is not installed.
`;

it.each([
  [
    'speaks another protocol',
    otherProtocol,
    'Failed to load source type Unrecognized remote plugin message: hello',
  ],
  ['is for another API version', otherApi('amazon-ebs'), 'Unknown source type amazon-ebs'],
])('a plugin that %s is reported as such, with the command that helps', (_what, said, words) => {
  expect(brokenPlugin(said, packer)).toBe(
    'Packer 1.16.0 (/usr/bin/packer): expected its amazon plugin 1.8.2 in /plugins to load, ' +
      `found: ${words}. Nothing was built. Reinstall it: /usr/bin/packer plugins install --force github.com/hashicorp/amazon`,
  );
});

it('the command can be pasted, whatever the path of Packer', () => {
  expect(brokenPlugin(otherApi('amazon-ebs'), { ...packer, path: '/my tools/packer' })).toMatch(
    /Reinstall it: '\/my tools\/packer' plugins install/,
  );
});

it.each([
  ['another missing plugin', otherApi('azure-arm'), packer],
  [
    'a wrong config',
    'Error: Unsupported argument\n\n  on x line 3:\n\nAn argument named "boot_mode"',
    packer,
  ],
  ['a Packer with built-in builders', otherApi('amazon-ebs'), { path: '/p', version: '1.6.6' }],
])('%s is not a broken plugin', (_what, said, program) => {
  expect(brokenPlugin(said, program)).toBeUndefined();
});
