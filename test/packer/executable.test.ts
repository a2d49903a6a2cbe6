import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import { findPacker } from '../../src/packer/executable.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'find packer '));
});
afterEach(() => rm(root, { recursive: true }));

const system = process.env.PATH ?? '';

async function program(path: string, script: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

/** Prints its version as Packer does; its list of plugins, if it has them, is `plugins`. */
const packer = (version: string, plugins = '') =>
  `[ "$CHECKPOINT_DISABLE" = 1 ] || { echo "it asks the network"; exit 1; }
   [ "$1" = plugins ] && { ${plugins || ':'}; exit 0; }
   [ "$1 $2" = "version -machine-readable" ] && echo "1795241834,,version,${version}" && echo "1795241834,,version-prelease,"`;

const listing = (folder: string) =>
  `echo "${folder}/github.com/hashicorp/amazon/packer-plugin-amazon_v1.8.2_x5.0_linux_amd64"`;

/** PATH holds only `a` and `b` of the test's folder: these scripts use nothing but the shell's own words. */
const find = (environment: NodeJS.ProcessEnv = {}) =>
  findPacker({
    environment: { PATH: `${root}/a::relative:${root}/b`, ...environment },
    folder: root,
    limitMs: 1500,
  });

it('uses the first usable Packer on PATH', async () => {
  const path = await program('a/packer', packer('1.6.6'));
  await program('b/packer', packer('1.9.4'));
  expect(await find()).toEqual({ path, version: '1.6.6' });
});

it.each([
  ['one that is too old', packer('1.6.5')],
  ["cracklib's, which reads words", 'while read -r word; do echo "$word"; done; echo "skipping line: 1" >&2'],
  ['one that fails', 'echo "1,,version,1.9.0"; exit 1'],
  ['one that hangs', 'while :; do read -r _ < /dev/zero; done'],
])('skips another program called packer on PATH: %s', async (_what, script) => {
  await program('a/packer', script);
  const path = await program('.tools/packer', packer('1.7.0'));
  expect(await find({ GOPACKGO_TOOLS: '' })).toEqual({ path, version: '1.7.0' });
});

it.each([
  ['nothing', undefined, 'none on PATH or in .tools'],
  ['an old one', packer('0.12.3'), 'a/packer (version 0.12.3: too old)'],
  ['another program', 'echo hello', "a/packer (another program of that name, not HashiCorp's)"],
  [
    'one that hangs',
    'while :; do read -r _ < /dev/zero; done',
    'a/packer (did not print its version within 1.5 s)',
  ],
])('refuses with status 4 if there is %s, and says how to get one', async (_what, script, found) => {
  if (script) await program('a/packer', script);
  const error = await find().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ActionableError);
  expect(error).toMatchObject({ status: 4, message: expect.stringContaining(found) });
  expect((error as Error).message).toMatch(/expected version 1\.6\.6 or newer.*scripts\/setup.*PACKER=/);
});

it('quotes a Packer that fails, instead of treating it as another program, and says what may be wrong', async () => {
  await program(
    'a/packer',
    'echo "Couldn\'t setup logging tempfile: open $TMPDIR/packer-log1: no such file" >&2; exit 1',
  );
  await expect(find({ TMPDIR: '/nowhere' })).rejects.toMatchObject({
    status: 4,
    message: expect.stringMatching(
      /a\/packer \(it ended with status 1 and said: Couldn't setup logging tempfile: open \/nowhere\/packer-log1: no such file\).*TMPDIR/,
    ),
  });
});

it('runs "packer version" without any credentials', async () => {
  const secrets = {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SESSION_TOKEN: 'token',
    AWS_PROFILE: 'work',
    PACKER_LOG: '1',
  };
  const path = await program(
    'a/packer',
    `[ -z "$AWS_ACCESS_KEY_ID$AWS_SESSION_TOKEN$AWS_PROFILE$PACKER_LOG" ] || exit 1
     [ "$AWS_SHARED_CREDENTIALS_FILE" = /dev/null ] || exit 1
     ${packer('1.6.6')}`,
  );
  expect(await find(secrets)).toMatchObject({ path, version: '1.6.6' });
});

it('uses only the Packer that PACKER names', async () => {
  await program('a/packer', packer('1.9.4'));
  const path = await program('mine/packer-1.8', packer('1.8.0'));
  expect(await find({ PACKER: path })).toEqual({ path, version: '1.8.0' });
  expect(await find({ PACKER: 'mine/packer-1.8' })).toEqual({ path, version: '1.8.0' });
  expect(await find({ PACKER: 'packer' })).toMatchObject({ version: '1.9.4' });
  await expect(find({ PACKER: `${root}/absent` })).rejects.toMatchObject({
    status: 4,
    message: /PACKER=.*absent/,
  });
});

it('asks a Packer without built-in builders for the amazon plugin', async () => {
  const path = await program('a/packer', packer('1.16.0', listing('/plug ins')));
  expect(await find({ PACKER_PLUGIN_PATH: '/plug ins' })).toEqual({
    path,
    version: '1.16.0',
    plugin: '1.8.2',
    pluginFolder: '/plug ins',
  });
});

it('names the plugin folder even for a Packer with built-in amazon builders, since it may load other plugins', async () => {
  const path = await program('a/packer', packer('1.9.4'));
  expect(await find({ HOME: '/home/ada' })).toEqual({
    path,
    version: '1.9.4',
    pluginFolder: '/home/ada/.config/packer/plugins',
  });
});

it.each(['1.10.0', '1.16.0', '2.0.0'])(
  'refuses Packer %s without the plugin, naming the command',
  async (version) => {
    await program(
      'a/packer',
      packer(version, 'echo /x/github.com/hashicorp/azure/packer-plugin-azure_v1.0.0'),
    );
    const error = await find({ PATH: `${root}/a:${system}` }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 4,
      message: expect.stringContaining('plugins install github.com/hashicorp/amazon'),
    });
  },
);
