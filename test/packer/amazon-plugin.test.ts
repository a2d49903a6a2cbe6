import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPacker } from '../../src/packer/executable.ts';
import { installedPlugins } from '../../src/packer/installed-plugins.ts';

const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'plug ins ')));
  await file('bin/packer', packer, 0o755);
});
afterEach(() => rm(root, { recursive: true }));

async function file(path: string, text: string, mode = 0o644): Promise<string> {
  const name = join(root, path);
  await mkdir(dirname(name), { recursive: true });
  await writeFile(name, text, { mode });
  return name;
}

/** Lists plugins as Packer 1.16.0 does: in its one folder, by name and version, those with a correct checksum. */
const packer = `#!/bin/bash
case "$*" in
  'version -machine-readable') echo "1795241834,,version,1.16.0" ;;
  'plugins installed')
    [[ $PACKER_PLUGIN_PATH != *:* ]] || { echo "Multiple paths are no longer supported for PACKER_PLUGIN_PATH."; exit 1; }
    find "$PACKER_PLUGIN_PATH" -mindepth 2 -name 'packer-plugin-*_x5.0_${platform}' -printf '%f|%p\\n' 2>/dev/null |
      sort -V | cut -d '|' -f 2 | while IFS= read -r plugin; do
      [[ $(sha256sum <"$plugin" | cut -c 1-64) == "$(cat "$plugin"_SHA256SUM 2>/dev/null)" ]] && echo "$plugin"
    done ;;
  *) exit 64 ;;
esac
exit 0
`;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Plugin {
  source?: string;
  name?: string;
  version?: string;
  platform?: string;
  checksum?: string | null;
}

/** Installs a plugin in a folder as `packer plugins install` does. */
async function plugin(folder: string, given: Plugin = {}): Promise<string> {
  const { source = 'github.com/hashicorp/amazon', name = 'amazon', version = '1.8.2' } = given;
  const { platform: of = platform, checksum = sha256(version) } = given;
  const path = join(folder, source, `packer-plugin-${name}_v${version}_x5.0_${of}`);
  if (checksum !== null) await file(`${path}_SHA256SUM`, checksum);
  return file(path, version, 0o755);
}

const find = (environment: NodeJS.ProcessEnv = {}) =>
  findPacker({
    environment: {
      PATH: `${root}/bin:/usr/bin:/bin`,
      HOME: join(root, 'home'),
      GOPACKGO_TOOLS: join(root, 'tools'),
      ...environment,
    },
    folder: root,
  });

const users = 'home/.config/packer/plugins';

async function listedIn(folder: string | undefined): Promise<string[]> {
  const found = await installedPlugins(join(root, 'bin/packer'), folder ?? '', process.env);
  return found.map(({ source, version }) => `${source} ${version}`).sort();
}

describe('the folder of the amazon plugin', () => {
  it("is the user's, even beside an empty one of a failed set-up", async () => {
    await plugin(users);
    await mkdir(join(root, 'tools/plugins'), { recursive: true });
    expect(await find()).toMatchObject({ plugin: '1.8.2', pluginFolder: join(root, users) });
  });

  it('is that of set-up, if the user has none', async () => {
    await plugin('tools/plugins');
    expect(await find()).toMatchObject({ plugin: '1.8.2', pluginFolder: join(root, 'tools/plugins') });
  });

  it.each([
    ['PACKER_PLUGIN_PATH', { PACKER_PLUGIN_PATH: 'mine' }, 'mine'],
    ['PACKER_CONFIG_DIR', { PACKER_CONFIG_DIR: 'config' }, 'config/.packer.d/plugins'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: 'xdg' }, 'xdg/packer/plugins'],
  ])('is the path in %s, also a relative one', async (_variable, environment, folder) => {
    await plugin(folder);
    expect(await find(environment)).toMatchObject({ pluginFolder: join(root, folder) });
  });

  it('is the old ~/.packer.d, if that exists', async () => {
    await plugin('home/.packer.d/plugins');
    expect(await find()).toMatchObject({ pluginFolder: join(root, 'home/.packer.d/plugins') });
  });
});

describe("set-up's amazon plugin beside the user's other plugins", () => {
  const ansible = { source: 'github.com/hashicorp/ansible', name: 'ansible', version: '1.1.4' };

  it('is found with them, in one folder', async () => {
    await plugin('tools/plugins');
    await plugin(users, ansible);
    const { plugin: version, pluginFolder } = await find();
    expect(version).toBe('1.8.2');
    expect(await listedIn(pluginFolder)).toEqual([
      'github.com/hashicorp/amazon 1.8.2',
      'github.com/hashicorp/ansible 1.1.4',
    ]);
  });

  it('has the same folder again, and another one for other plugins', async () => {
    await plugin('tools/plugins');
    await plugin(users, ansible);
    const first = await find();
    expect(await find()).toEqual(first);
    await plugin(users, { ...ansible, version: '1.2.0' });
    const next = await find();
    expect(next.pluginFolder).not.toBe(first.pluginFolder);
    expect(await listedIn(first.pluginFolder)).toHaveLength(2);
    expect(await readdir(join(root, '.gopackgo/plugins'))).toHaveLength(2);
  });

  it.each([
    ['too old', { version: '1.0.9' }],
    ['of another source', { source: 'github.com/acme/amazon', version: '2.0.0' }],
  ])("replaces the user's own that is %s", async (_why, own) => {
    await plugin('tools/plugins');
    await plugin(users, own);
    await plugin(users, ansible);
    const { plugin: version, pluginFolder } = await find();
    expect(version).toBe('1.8.2');
    expect(await listedIn(pluginFolder)).toEqual([
      'github.com/hashicorp/amazon 1.8.2',
      'github.com/hashicorp/ansible 1.1.4',
    ]);
  });
});

it("uses the user's newest amazon plugin, as Packer does", async () => {
  await plugin(users, { version: '1.0.9' });
  await plugin(users, { version: '1.8.10' });
  await plugin(users, { version: '1.8.9' });
  expect(await find()).toMatchObject({ plugin: '1.8.10' });
});

const install = (rest = 'install github.com/hashicorp/amazon') => `'${root}/bin/packer' plugins ${rest}`;

describe('a plugin is refused with status 4, with its own message and command:', () => {
  const refusal = async (environment?: NodeJS.ProcessEnv) => {
    const error = await find(environment).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ActionableError', status: 4 });
    const { message } = error as Error;
    expect(message).toContain(`Packer 1.16.0 (${root}/bin/packer): expected `);
    return message;
  };

  it('if there is none', async () => {
    const message = await refusal();
    expect(message).toContain(
      `found none in ${root}/${users} or ${root}/tools/plugins. Run scripts/setup, or: `,
    );
    expect(message).toContain(install());
  });

  it('if it is too old', async () => {
    const path = await plugin(users, { version: '1.0.9' });
    const message = await refusal();
    expect(message).toContain(`version 1.1.0 or newer, found version 1.0.9 (${path}). Run: ${install()}`);
  });

  it('if it has another source, even beside an older one of the right source', async () => {
    await plugin(users, { version: '1.8.2' });
    const path = await plugin(users, { source: 'github.com/acme/amazon', version: '1.9.0' });
    const message = await refusal();
    expect(message).toContain(`found version 1.9.0 from another source, github.com/acme/amazon (${path})`);
    expect(message).toContain(`Run: ${install('remove github.com/acme/amazon')} && ${install()}`);
  });

  it('if it lacks its checksum, because it was installed by hand', async () => {
    const path = await plugin(users, { checksum: null });
    const message = await refusal();
    expect(message).toContain(`found ${path}, which Packer ignores: its checksum is missing`);
    expect(message).toContain(`Run: ${install(`install --path '${path}' github.com/hashicorp/amazon`)}`);
  });

  it('if it is in the plugin folder itself, as Packer up to 1.10 accepted it', async () => {
    const path = await file(`${users}/packer-plugin-amazon`, 'program', 0o755);
    const message = await refusal();
    expect(message).toContain(`${path}, which Packer ignores: it is not in a folder named after its source`);
    expect(message).toContain(install(`install --path '${path}' github.com/hashicorp/amazon`));
  });

  it.each<[string, Plugin, string]>([
    [
      'one that was changed',
      { checksum: sha256('another') },
      'its SHA-256 is not the one in packer-plugin-amazon_v1.8.2',
    ],
    ['one for another system', { platform: 'plan9_arm' }, `it is for plan9_arm, this is ${platform}`],
  ])('%s', async (_what, given, why) => {
    await plugin(users, given);
    const message = await refusal();
    expect(message).toContain(`which Packer ignores: ${why}`);
    expect(message).toContain(`Run: ${install()}`);
  });

  it('if PACKER_PLUGIN_PATH has several folders, which Packer no longer accepts', async () => {
    const message = await refusal({ PACKER_PLUGIN_PATH: `${root}/a:${root}/b` });
    expect(message).toContain(
      'found an error: Multiple paths are no longer supported for PACKER_PLUGIN_PATH',
    );
  });
});
