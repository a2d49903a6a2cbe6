import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onThisMachine, type ProjectCopy, projectCopy } from './project-copy.ts';
import { storedZip } from './stored-zip.ts';

const tools = [
  'awk',
  'bash',
  'bsdtar',
  'cat',
  'chmod',
  'curl',
  'cut',
  'dirname',
  'env',
  'grep',
  'id',
  'ls',
  'mkdir',
];
const moreTools = [
  'find',
  'mktemp',
  'mv',
  'rm',
  'sha256sum',
  'shasum',
  'sort',
  'tail',
  'tr',
  'uname',
  'unzip',
];

/** Behaves like Packer in the calls of set-up; its plugins are files beneath PACKER_PLUGIN_PATH. `offline`: it can download none. */
const packer = (version: string, offline = false) => `#!/usr/bin/env bash
plugins=\${PACKER_PLUGIN_PATH:-$HOME/.config/packer/plugins}
case "$*" in
  version) echo "Packer v${version}" ;;
  'plugins installed') find "$plugins" -name 'packer-plugin-*' 2>/dev/null | sort ;;
  'plugins install github.com/hashicorp/amazon v'*)
    ${offline ? 'echo "Failed to get the plugin: no such host" >&2; exit 1' : ''}
    mkdir -p "$plugins/$3"
    echo plugin >"$plugins/$3/packer-plugin-amazon_$4_x5.0_linux_amd64" ;;
  *) exit 64 ;;
esac
exit 0
`;

/** The place of a plugin in a plugin folder. */
const amazon = (version: string, source = 'github.com/hashicorp/amazon') =>
  `${source}/packer-plugin-amazon_v${version}_x5.0_linux_amd64`;

const version = '1.16.0';
const platforms = ['linux_amd64', 'linux_arm64', 'linux_386', 'linux_arm', 'darwin_amd64', 'darwin_arm64'];

let project: ProjectCopy;

beforeEach(() => {
  project = projectCopy([...tools, ...moreTools]);
});
afterEach(() => project.remove());

/** A folder laid out like HashiCorp's server; returns the environment that points set-up to it. */
function releases(sums: (zip: Buffer) => string) {
  const folder = join(project.folder, 'releases');
  const zip = storedZip('packer', Buffer.from(packer(version)));
  mkdirSync(join(folder, version), { recursive: true });
  const names = platforms.map((platform) => `packer_${version}_${platform}.zip`);
  for (const name of names) writeFileSync(join(folder, version, name), zip);
  const lines = names.map((name) => `${sums(zip)}  ${name}\n`).join('');
  writeFileSync(join(folder, version, `packer_${version}_SHA256SUMS`), lines);
  return { GOPACKGO_PACKER_RELEASES: pathToFileURL(folder).href };
}

const sha256 = (zip: Buffer) => createHash('sha256').update(zip).digest('hex');
const inTools = () => {
  const folder = join(project.folder, '.tools');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

describe.skipIf(!onThisMachine('curl') || !(onThisMachine('unzip') || onThisMachine('bsdtar')))(
  'HashiCorp’s release',
  () => {
    it('is unpacked into .tools with its amazon plugin, once', async () => {
      const environment = releases(sha256);
      const first = await project.run('scripts/setup-packer', [], environment);
      expect(first).toMatchObject({ status: 0, stdout: '' });
      expect(first.stderr).toMatch(
        /^setup: installing Packer 1\.16\.0 from file:.*into \.tools: .+\nsetup: installing Packer's plugin .+\n$/,
      );
      expect(inTools()).toEqual(['packer', 'plugins']);
      expect(existsSync(join(project.folder, '.tools/plugins', amazon('1.8.2')))).toBe(true);
      expect(await project.run('scripts/setup-packer', [], environment)).toMatchObject({
        status: 0,
        stdout: '',
        stderr: '',
      });
    });

    it('is refused if its checksum differs, and nothing is left', async () => {
      const run = await project.run(
        'scripts/setup-packer',
        [],
        releases(() => 'a'.repeat(64)),
      );
      expect(run.status).toBe(1);
      expect(run.stderr).toContain('does not have the SHA256 that its SHA256SUMS names');
      expect(run.stderr).toContain('PACKER=/path/to/packer');
      expect(inTools()).toEqual([]);
    });

    it.each([
      ['no checksum of the archive', (): string => 'none'],
      ['a truncated checksum', (zip: Buffer) => sha256(zip).slice(0, 63)],
    ])('is refused if there is %s', async (_, sums) => {
      const run = await project.run('scripts/setup-packer', [], releases(sums));
      expect(run.status).toBe(1);
      expect(run.stderr).toContain('has no packer_1.16.0_');
      expect(inTools()).toEqual([]);
    });

    it('is reported if it cannot be downloaded, and nothing is left', async () => {
      const run = await project.run('scripts/setup-packer', [], {
        GOPACKGO_PACKER_RELEASES: pathToFileURL(join(project.folder, 'gone')).href,
      });
      expect(run.status).toBe(1);
      expect(run.stderr).toContain('the checksums of Packer 1.16.0 could not be fetched');
      expect(inTools()).toEqual([]);
    });

    it.each([
      ['is not Packer', '#!/usr/bin/env bash\ncat >words\necho 12 12\n'],
      ['is too old', packer('1.5.6')],
    ])('is used if the packer on PATH %s', async (_, text) => {
      project.program('bin/packer', text);
      expect(await project.run('scripts/setup-packer', [], releases(sha256))).toMatchObject({ status: 0 });
      expect(inTools()).toEqual(['packer', 'plugins']);
      expect(existsSync(join(project.folder, 'words'))).toBe(false);
    });
  },
);

it.each(['1.6.6', '1.9.5'])(
  'Packer %s on PATH is used as it is, since it has the amazon builders',
  async (found) => {
    project.program('bin/packer', packer(found));
    expect(await project.run('scripts/setup-packer')).toMatchObject({ status: 0, stderr: '' });
    expect(inTools()).toEqual([]);
  },
);

it('a current Packer on PATH gets the missing plugin', async () => {
  project.program('bin/packer', packer('1.10.0'));
  expect(await project.run('scripts/setup-packer')).toMatchObject({ status: 0 });
  expect(inTools()).toEqual(['plugins']);
});

it.each([
  ['of the right source and new enough', amazon('1.2.9'), []],
  ['that is too old', amazon('1.0.9'), ['plugins']],
  ['of another source', amazon('1.8.2', 'github.com/acme/amazon'), ['plugins']],
])("the user's own plugin %s is detected", async (_, file, installed) => {
  project.program('bin/packer', packer('1.16.0'));
  project.file(`home/.config/packer/plugins/${file}`, 'plugin');
  const run = await project.run('scripts/setup-packer', [], { HOME: join(project.folder, 'home') });
  expect(run).toMatchObject({ status: 0 });
  expect(inTools()).toEqual(installed);
});

it('a plugin that cannot be downloaded leaves nothing behind, and the last message is about it', async () => {
  project.program('bin/packer', packer('1.16.0', true));
  const HOME = join(project.folder, 'home');
  const first = await project.run('scripts/setup-packer', [], { HOME });
  expect(first.status).toBe(1);
  const [last = ''] = first.stderr.trim().split('\n').slice(-1);
  expect(last).toContain("cannot install Packer's amazon plugin");
  expect(last).toContain('plugins install github.com/hashicorp/amazon');
  expect(first.stderr).not.toContain('needs Packer 1.6.6');
  expect(inTools()).toEqual([]);
  project.file(`home/.config/packer/plugins/${amazon('1.8.2')}`, 'plugin');
  expect(await project.run('scripts/setup-packer', [], { HOME })).toMatchObject({ status: 0, stderr: '' });
});

it('an invalid PACKER is refused, whatever else is installed', async () => {
  project.program('bin/packer', packer('1.6.6'));
  const run = await project.run('scripts/setup-packer', [], { PACKER: '/bin/cat' });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('PACKER=/bin/cat is not a Packer of 1.6.6 or newer');
  expect(inTools()).toEqual([]);
});

it('set-up is not mistaken for Packer itself if scripts/ is on PATH', async () => {
  project.program('bin/packer', packer('1.6.6'));
  const PATH = [join(project.folder, 'scripts'), join(project.folder, 'bin')].join(delimiter);
  expect(await project.run('scripts/setup-packer', [], { PATH })).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(project.folder, 'scripts'))).not.toContain('packer');
});
