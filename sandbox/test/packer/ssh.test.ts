import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utils } from 'ssh2';
import { expect, it } from 'vitest';
import {
  ed25519KeyPair,
  keyPair,
  machineWith,
  recorded,
  startMachines,
  uploaded,
} from '../server/ssh-client.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { packerBuild } from './run-packer.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
const inline = ['echo "${HOME}" %{x} \'größer\' `id`', 'printf "a\\n\tb"'];
const escaped = inline.map((line) => line.replace(/[$%](?=\{)/g, (sign) => sign + sign));

async function provision(
  keys: { public: string; private: string },
  provisioners: Record<string, unknown>[],
  communicator: Record<string, unknown> = {},
) {
  const given = temporaryFolder();
  mkdirSync(join(given, 'var/log'), { recursive: true });
  writeFileSync(join(given, 'var/log/build.txt'), 'made by nobody');
  const { machines, folder } = await startMachines({ instanceFiles: given });
  await machines.start(machineWith(keys.public, { ubuntu: { version: '22.04', codename: 'jammy' } }));
  const work = temporaryFolder();
  const key = join(work, 'key');
  writeFileSync(key, keys.private, { mode: 0o600 });
  mkdirSync(join(work, 'tree', 'sub'), { recursive: true });
  writeFileSync(join(work, 'tree', 'a b.txt'), 'a\0b');
  writeFileSync(join(work, 'tree', 'sub', 'c'), '');
  writeFileSync(join(work, 'broken.sh'), '#!/bin/bash\nif true; then\n');
  const template = {
    source: {
      null: {
        it: {
          ssh_host: '127.77.1.2',
          ssh_port: machines.port,
          ssh_username: 'ubuntu',
          ssh_private_key_file: key,
          ssh_timeout: '20s',
          ...communicator,
        },
      },
    },
    build: [{ sources: ['source.null.it'], provisioner: provisioners }],
  };
  return { ...(await packerBuild(work, template, {})), folder, work };
}

it.each([
  ['rsa', utils.generateKeyPairSync('rsa', { bits: 2048 })],
  ['ecdsa', keyPair()],
  ['ed25519', ed25519KeyPair()],
])('Packer logs in with a key of type %s', async (_type, keys) => {
  const { exit, output, folder } = await provision(keys, [{ shell: { inline: ['true'] } }]);
  expect(exit, output).toBe(0);
  const commands = recorded(folder).map(({ command }) => String(command).replace(/_\d+/g, '_N'));
  expect(commands).toEqual([
    'scp -vt /tmp',
    'chmod 0755 /tmp/script_N.sh',
    expect.stringMatching(/^chmod \+x .* \/tmp\/script_N\.sh$/),
    'rm -f /tmp/script_N.sh',
    'rm -f ',
  ]);
});

it('a script and files of Packer arrive as the same bytes', async () => {
  const { exit, output, folder } = await provision(keyPair(), [
    {
      shell: {
        inline: escaped,
        inline_shebang: '/bin/sh -e',
        remote_folder: '/opt/my scripts',
        remote_file: 'it.sh',
      },
    },
    { file: { source: 'tree/a b.txt', destination: '/srv/with space/a b.txt' } },
  ]);
  expect(exit, output).toBe(0);
  expect(readFileSync(uploaded(folder, '/opt/my scripts/it.sh'), 'utf8')).toBe(
    `#!/bin/sh -e\n${inline.join('\n')}\n`,
  );
  expect(readFileSync(uploaded(folder, '/srv/with space/a b.txt'), 'utf8')).toBe('a\0b');
});

it("a broken script fails Packer at once, with bash's message", async () => {
  const { exit, output } = await provision(keyPair(), [{ shell: { script: 'broken.sh' } }]);
  expect(exit).toBe(1);
  expect(output).toMatch(/\/tmp\/script_\d+\.sh: line \d+: syntax error/);
  expect(output).toContain('non-zero exit status: 2');
});

it.each(['scp', 'sftp'])(
  'folders are uploaded by %s, with or without their name, and files are downloaded',
  async (method) => {
    const { exit, output, folder, work } = await provision(
      keyPair(),
      [
        { file: { source: 'tree', destination: '/srv' } },
        { file: { source: 'tree/', destination: '/srv/flat' } },
        { file: { source: 'tree/a b.txt', destination: '/opt/' } },
        { file: { direction: 'download', source: '/srv/tree/a b.txt', destination: 'back.txt' } },
        { file: { direction: 'download', source: '/etc/os-release', destination: 'os-release' } },
        { file: { direction: 'download', source: '/var/log/build.txt', destination: 'build.txt' } },
      ],
      { ssh_file_transfer_method: method },
    );
    expect(exit, output).toBe(0);
    for (const path of ['/srv/tree/a b.txt', '/srv/flat/a b.txt', '/opt/a b.txt']) {
      expect(readFileSync(uploaded(folder, path), 'utf8')).toBe('a\0b');
    }
    expect(readFileSync(uploaded(folder, '/srv/tree/sub/c'), 'utf8')).toBe('');
    expect(readFileSync(uploaded(folder, '/srv/flat/sub/c'), 'utf8')).toBe('');
    expect(readFileSync(join(work, 'back.txt'), 'utf8')).toBe('a\0b');
    expect(readFileSync(join(work, 'os-release'), 'utf8')).toContain('VERSION_CODENAME=jammy');
    expect(readFileSync(join(work, 'build.txt'), 'utf8')).toBe('made by nobody');
  },
);

it.each(['scp', 'sftp'])(
  'uploading a file by %s in place of a folder that every Ubuntu has fails Packer',
  async (method) => {
    const { exit, folder } = await provision(
      keyPair(),
      [{ file: { source: 'tree/a b.txt', destination: '/opt' } }],
      { ssh_file_transfer_method: method },
    );
    expect(exit).toBe(1);
    expect(existsSync(uploaded(folder, '/opt'))).toBe(false);
  },
);

it.each(['scp', 'sftp'])('downloading by %s a file that nobody uploaded fails Packer', async (method) => {
  const { exit, output } = await provision(
    keyPair(),
    [{ file: { direction: 'download', source: '/opt/made-by-a-script', destination: 'it' } }],
    { ssh_file_transfer_method: method },
  );
  expect(exit).toBe(1);
  expect(output).toMatch(/No such file|file does not exist/);
});
