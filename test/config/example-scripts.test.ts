import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);

/** A folder that stands for the disk of a builder, and what stands for the programs of one. */
async function newBuilder(programs: Record<string, string[]>) {
  const disk = await mkdtemp(join(tmpdir(), 'builder-'));
  onTestFinished(() => rm(disk, { recursive: true, force: true }));
  const write = async (path: string, text = '') => {
    await mkdir(dirname(join(disk, path)), { recursive: true });
    await writeFile(join(disk, path), text);
  };
  const command = async (name: string, lines: string[]) => {
    await write(`bin/${name}`, ['#!/bin/sh', ...lines, ''].join('\n').replaceAll('$DISK', disk));
    await chmod(join(disk, 'bin', name), 0o755);
  };
  await command('sudo', ['[ "$1" != -E ] || shift', 'exec "$@"']);
  await command('sleep', [':']);
  for (const [name, lines] of Object.entries(programs)) await command(name, lines);
  return {
    disk,
    write,
    read: (path: string) => readFile(join(disk, path), 'utf8'),
    list: (path: string) => readdir(join(disk, path)),
    /** Runs a script of `examples/`, or one that is on the disk, as the builder would. */
    async run(script: string, environment: Record<string, string> = {}) {
      const own = script.startsWith('/') ? join(disk, script) : undefined;
      const text = await readFile(own ?? new URL(`../../examples/${script}`, import.meta.url), 'utf8');
      const moved = text.replaceAll(/(?<![\w.$/])\/(?=(?:boot|etc|home|root|tmp|var)\/)/g, `${disk}/`);
      await write('script.sh', own ? text : moved);
      const PATH = `${disk}/bin:${process.env.PATH}`;
      return run('sh', [join(disk, 'script.sh')], {
        cwd: disk,
        env: { PATH, HOME: `${disk}/home/ubuntu`, ...environment },
      });
    },
  };
}

const versions = (version: string) =>
  `def comboami_version():\n    return "${version}"\n\n\ndef comboami_defaultbranch():\n    return "2.6"\n`;

/** Where the branch at GitHub says `atGitHub`. */
async function builderOfComboAMI(atGitHub: string) {
  const builder = await newBuilder({
    'apt-get': [':'],
    git: [
      'for folder; do :; done',
      'mkdir -p "$folder"',
      `printf '%s' '${versions(atGitHub)}' >"$folder/ds0_utils.py"`,
    ],
    python: ['echo "$PWD $*" >"$DISK/started"'],
  });
  await builder.write('var/lib/cloud/instance/boot-finished');
  await builder.write('tmp/ds0_utils.py', versions('2.6.4'));
  for (const home of ['root', 'home/ubuntu']) await builder.write(`${home}/.ssh/authorized_keys`, 'ssh-rsa');
  await builder.write('etc/comboami-release');
  return builder;
}
const provision = 'comboami/configs/provision.sh';
const target = { COMBOAMI_VERSION: '2.6.4-beta1', PACKER_BUILD_NAME: 'us-east-1-1404-hvm' };

it('ComboAMI is started at boot in its own folder, where it updates itself, and nobody’s key is left', async () => {
  const builder = await builderOfComboAMI('2.6.4');
  await builder.run(provision, target);
  await builder.run('/etc/rc.local');
  expect(await builder.read('started')).toBe(`${builder.disk}/home/ubuntu/datastax_ami ds0_updater.py\n`);
  expect(await builder.read('etc/comboami-release')).toBe('version=2.6.4-beta1\nvirtualization=hvm\n');
  for (const home of ['root', 'home/ubuntu']) expect(await builder.list(`${home}/.ssh`)).toEqual([]);
});

it('ComboAMI is not baked as another version than ds0_utils.py says, nor from a branch that was not pushed', async () => {
  const builder = await builderOfComboAMI('2.6.3');
  await expect(builder.run(provision, { ...target, COMBOAMI_VERSION: '2.6.5' })).rejects.toMatchObject({
    stderr: expect.stringContaining('expected version 2.6.5, found 2.6.4'),
  });
  await expect(builder.run(provision, target)).rejects.toMatchObject({
    stderr: expect.stringContaining('expected 2.6.4, found 2.6.3. Push it.'),
  });
});

/** Where units are found in these states, one after the other. */
async function builderOfGaia(...states: string[]) {
  const builder = await newBuilder({
    systemctl: [
      'for unit; do :; done',
      ...(states.length > 1
        ? [
            'looks="$DISK/$unit"',
            'echo >>"$looks"',
            `state=$(printf '%s\\n' ${states.join(' ')} | sed -n "$(wc -l <"$looks")p")`,
          ]
        : []),
      `state=\${state:-${states.at(-1)}}`,
      'case $* in *--quiet*) ;; *) echo "$state" ;; esac',
      '[ "$1" = "is-$state" ]',
    ],
    shred: ['rm "$2"'],
  });
  const files = [
    'home/core/.bash_history',
    'home/core/.ssh/authorized_keys',
    'home/core/.ssh/authorized_keys.d/packer',
    'etc/ssh/ssh_host_ed25519_key',
    'etc/ssh/ssh_host_ed25519_key.pub',
    'etc/machine-id',
    'boot/flatcar/grub.cfg',
  ];
  for (const file of files) await builder.write(file, 'of this builder');
  return builder;
}
const shred = 'gaia-hub/configs/shred.sh';

it('a Gaia hub waits for units that have not begun, leaves no key, and runs Ignition again on each instance', async () => {
  const builder = await builderOfGaia('inactive', 'inactive', 'activating', 'activating', 'active');
  await builder.run(shred);
  expect(await builder.list('home/core')).toEqual(['.ssh']);
  expect(await builder.list('home/core/.ssh')).toEqual(['authorized_keys.d']);
  for (const folder of ['home/core/.ssh/authorized_keys.d', 'etc/ssh']) {
    expect(await builder.list(folder)).toEqual([]);
  }
  expect(await builder.list('etc')).toEqual(['ssh']);
  expect(await builder.list('boot/flatcar')).toContain('first_boot');
});

it.each(['failed', 'inactive'])('no AMI is made of a Gaia hub whose unit stays %s', async (state) => {
  const builder = await builderOfGaia(state);
  await expect(builder.run(shred)).rejects.toMatchObject({
    stderr: expect.stringContaining(`install-docker-compose: expected active, found ${state}`),
  });
});
