import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const script = new URL('../../configs/provision/ami-tools.sh', import.meta.url);

const sourcesOf = (release: string, archive: string, security: string) =>
  `deb http://${archive}/ubuntu/ ${release} main universe\n` +
  `# deb-src http://${archive}/ubuntu/ ${release} main\n` +
  `deb http://${security}/ubuntu ${release}-security main\n`;
const asMade = sourcesOf('precise', 'us-east-1.ec2.archive.ubuntu.com', 'security.ubuntu.com');
const kept = 'old-releases.ubuntu.com';

/** A minimal builder for this script, in which apt finds only what is on one of these servers. */
async function builderWith(servers: string, { hasJson = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ami-tools-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  await mkdir(file('bin'));
  const command = async (name: string, ...lines: string[]) => {
    await writeFile(file(`bin/${name}`), ['#!/bin/sh', ...lines, ''].join('\n'));
    await chmod(file(`bin/${name}`), 0o755);
  };
  await command('sudo', '[ "$1" != -E ] || shift', 'exec "$@"');
  await command(
    'apt-get',
    `echo "$@" >>'${file('apt')}'`,
    `[ "$1" != update ] || ! grep '^deb ' '${file('sources.list')}' | grep -qv '//\\(${servers}\\)/' || exit 100`,
  );
  await command('curl', ':');
  await command('ruby', hasJson ? ':' : 'exit 1');
  await command('sha256sum', 'cat >/dev/null');
  await command('unzip', 'while [ "$1" != -d ]; do shift; done', 'mkdir "$2/ec2-ami-tools-1.5.7"');
  await writeFile(file('sources.list'), asMade);
  await writeFile(file('boot-finished'), '');
  const text = (await readFile(script, 'utf8'))
    .replace('/var/lib/cloud/instance/boot-finished', file('boot-finished'))
    .replaceAll('/etc/apt/sources.list', file('sources.list'))
    .replaceAll('/tmp/ec2', file('ec2'));
  await writeFile(file('script.sh'), text);
  const PATH = `${file('bin')}:${process.env.PATH}`;
  return {
    run: () =>
      run('sh', [file('script.sh')], { env: { PATH, TMPDIR: folder, PACKER_BUILD_NAME: '1204-pv' } }),
    sources: () => readFile(file('sources.list'), 'utf8'),
    apt: async () => (await readFile(file('apt'), 'utf8')).trimEnd().split('\n'),
  };
}

const update = 'update -qq';
const tools = 'install -qq -y ruby unzip curl openssl kpartx gdisk parted';

it("gets the packages of an old release from Ubuntu's archive of old releases", async () => {
  const builder = await builderWith(kept);
  await builder.run();
  expect(await builder.sources()).toBe(sourcesOf('precise', kept, kept));
  expect(await builder.apt()).toEqual([update, update, tools]);
});

it('does not change the sources of a builder that finds its packages', async () => {
  const builder = await builderWith('.*ubuntu.com');
  await builder.run();
  expect(await builder.sources()).toBe(asMade);
  expect(await builder.apt()).toEqual([update, tools]);
});

it('lets 12.04 read JSON, which the tools need for the keys of the role, and use TLS 1.2', async () => {
  const builder = await builderWith('.*ubuntu.com', { hasJson: false });
  await builder.run();
  expect(await builder.apt()).toEqual([update, tools, 'install -qq -y ruby-json libssl1.0.0']);
});

it('fails if no archive has the packages of the AMI tools', async () => {
  const builder = await builderWith('nowhere');
  await expect(builder.run()).rejects.toMatchObject({ code: 100 });
});
