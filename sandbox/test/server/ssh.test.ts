import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { utils } from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { SshFault } from '../../model/contract.ts';
import {
  ed25519KeyPair,
  keyPair,
  logIn,
  machineWith,
  recorded,
  run,
  startMachines,
  uploaded,
} from './ssh-client.ts';

const key = keyPair();
const other = keyPair();

async function loggedIn(script: SshFault[] = []) {
  const { machines, folder, logged } = await startMachines({ script });
  await machines.start(machineWith(key.public));
  const client = await logIn('127.77.1.2', machines.port, { privateKey: key.private });
  return { client, machines, folder, logged };
}

describe('logging in', () => {
  it.each([
    ['ecdsa', keyPair()],
    ['ed25519', ed25519KeyPair()],
    ['rsa', utils.generateKeyPairSync('rsa', { bits: 2048 })],
  ])('works with the key pair of the instance, for any user: %s', async (_type, pair) => {
    const { machines } = await startMachines();
    await machines.start(machineWith(pair.public));
    for (const username of ['ubuntu', 'ec2-user']) {
      const client = await logIn('127.77.1.2', machines.port, { privateKey: pair.private, username });
      expect(await run(client, 'whoami')).toEqual({ exit: 0, stdout: `${username}\n`, stderr: '' });
    }
  });

  it('works at an Elastic IP address, which is in a separate network', async () => {
    const { machines } = await startMachines();
    await machines.start(machineWith(key.public, { address: '127.76.0.1' }));
    const client = await logIn('127.76.0.1', machines.port, { privateKey: key.private });
    expect(await run(client, 'whoami')).toMatchObject({ exit: 0 });
  });

  it('is refused with another instance’s key, and with a password', async () => {
    const { machines } = await startMachines();
    await machines.start(machineWith(key.public));
    await machines.start(
      machineWith(other.public, { instanceId: 'i-0123456789abcdef1', address: '127.77.1.3' }),
    );
    const refused = /authentication methods failed/;
    await expect(logIn('127.77.1.2', machines.port, { privateKey: other.private })).rejects.toThrow(refused);
    await expect(logIn('127.77.1.2', machines.port, { password: 'ubuntu' })).rejects.toThrow(refused);
  });

  it('is not possible once the instance is stopped, which also cuts existing sessions', async () => {
    const { client, machines } = await loggedIn();
    const closed = once(client, 'close');
    client.on('error', () => undefined);
    await machines.stop('i-0123456789abcdef0');
    await closed;
    await expect(logIn('127.77.1.2', machines.port, { privateKey: key.private })).rejects.toThrow(
      'ECONNREFUSED',
    );
  });

  it('tolerates a silent connection, as Packer opens one first', async () => {
    const { client, machines } = await loggedIn();
    const probe = createConnection(machines.port, '127.77.1.2');
    await once(probe, 'connect');
    probe.destroy();
    expect(await run(client, 'true')).toMatchObject({ exit: 0 });
  });

  it('distinguishes instances by key if there is one address for all, and refuses a key of two', async () => {
    const { machines, folder } = await startMachines({ ownAddresses: false });
    const [first, second, third] = ['i-01', 'i-02', 'i-03'].map((instanceId, index) =>
      machineWith(index === 0 ? key.public : other.public, {
        instanceId,
        address: machines.addressFor('127.77.1.2'),
      }),
    );
    if (!first || !second || !third) throw new Error('three machines');
    expect(first.address).toBe('127.0.0.1');
    await machines.start(first);
    await machines.start(second);
    await run(await logIn('127.0.0.1', machines.port, { privateKey: key.private }), 'on the first');
    await run(await logIn('127.0.0.1', machines.port, { privateKey: other.private }), 'on the second');
    expect(recorded(folder, 'i-01')).toEqual([{ command: 'on the first', exit: 0 }]);
    expect(recorded(folder, 'i-02')).toEqual([{ command: 'on the second', exit: 0 }]);
    await machines.start(third);
    await expect(logIn('127.0.0.1', machines.port, { privateKey: other.private })).rejects.toThrow();
    await machines.stop('i-01');
    await expect(logIn('127.0.0.1', machines.port, { privateKey: key.private })).rejects.toThrow();
  });
});

describe('a command', () => {
  it.each([
    ['apt-get install -y ruby', { exit: 0, stdout: '' }],
    ['chmod 0755 /tmp/script.sh\n', { exit: 0, stdout: '' }],
    ['rm -f ', { exit: 0, stdout: '' }],
    ["echo 'a  b' c", { exit: 0, stdout: 'a  b c\n' }],
    ['echo $HOME', { exit: 0, stdout: '' }],
    ['false', { exit: 1, stdout: '' }],
    ['exit 7', { exit: 7, stdout: '' }],
    ['uname -s', { exit: 0, stdout: 'Linux\n' }],
    ["sudo -H -n sh -c 'whoami'", { exit: 0, stdout: 'root\n' }],
    ["sudo sh -c 'apt-get update && whoami'", { exit: 0, stdout: '' }],
    ["sh -c 'command -v apt || true'", { exit: 0, stdout: '/usr/bin/apt\n' }],
    ["sh -c 'command -v yum || true'", { exit: 0, stdout: '' }],
    ['test -d "/etc/systemd"', { exit: 0, stdout: '' }],
    ['test -d "/tmp/script_1.sh"', { exit: 1, stdout: '' }],
    ['cat /etc/shadow', { exit: 0, stdout: '' }],
  ])('%j is recorded, not run, and answered', async (command, answer) => {
    const { client, folder } = await loggedIn();
    expect(await run(client, command)).toEqual({ stderr: '', ...answer });
    expect(recorded(folder)).toEqual([{ command: command.replace(/\n$/, ''), exit: answer.exit }]);
  });

  it('is recorded without the keys that it passes to the AMI tools, also in a fault’s answer', async () => {
    const { client, folder } = await loggedIn([{ on: 'ssh', command: '/ faulty$/', does: { exit: 3 } }]);
    const command = "sudo bash -c 'ec2-upload-bundle -b b -a AKIA1 -s hidden'";
    await run(client, command);
    await run(client, `${command} faulty`);
    const kept = command.replace('hidden', '(left out)');
    expect(recorded(folder).map(({ command }) => command)).toEqual([kept, `${kept} faulty`]);
  });

  it('is not run', async () => {
    const { client, folder } = await loggedIn();
    await run(client, `touch '${folder}/made'`);
    expect(() => statSync(`${folder}/made`)).toThrow('ENOENT');
  });

  it.each([
    ['a shell', (client: Awaited<ReturnType<typeof loggedIn>>['client']) => client.shell.bind(client)],
    [
      'a subsystem',
      (client: Awaited<ReturnType<typeof loggedIn>>['client']) => client.subsys.bind(client, 'netconf'),
    ],
  ])('is all that a session has; %s is refused with a reason', async (_what, open) => {
    const { client } = await loggedIn();
    const ran = await new Promise((resolve, reject) => {
      open(client)((error, channel) => {
        if (error) return reject(error);
        let stderr = '';
        let exit: number | undefined;
        channel.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk;
        });
        channel.on('exit', (status: number) => {
          exit = status;
        });
        channel.on('close', () => resolve({ exit, stderr }));
        channel.resume();
      });
    });
    expect(ran).toEqual({ exit: 1, stderr: expect.stringMatching(/^The sandbox /) });
  });
});

describe('a fault', () => {
  it('answers a matching command, and no other', async () => {
    const script: SshFault[] = [
      { on: 'ssh', command: 'script', does: { exit: 9, stderr: 'no\n', stdout: 'so\n' } },
    ];
    const { client, folder } = await loggedIn(script);
    expect(await run(client, '/tmp/script.sh')).toEqual({ exit: 9, stdout: 'so\n', stderr: 'no\n' });
    expect(await run(client, 'other')).toMatchObject({ exit: 0 });
    expect(recorded(folder)).toEqual([
      { command: '/tmp/script.sh', exit: 9, stderr: 'no\n', fault: 'exit' },
      { command: 'other', exit: 0 },
    ]);
  });

  it('delays', async () => {
    const slept: number[] = [];
    const { machines, folder } = await startMachines({
      script: [{ on: 'ssh', does: { delay: 1234 } }],
      sleep: async (duration) => void slept.push(duration),
    });
    await machines.start(machineWith(key.public));
    const client = await logIn('127.77.1.2', machines.port, { privateKey: key.private });
    expect(await run(client, 'exit 3')).toMatchObject({ exit: 3 });
    expect(slept).toEqual([1234]);
    expect(recorded(folder)).toEqual([{ command: 'exit 3', exit: 3, fault: 'delay' }]);
  });

  it('disconnects without an exit status', async () => {
    const { client, folder } = await loggedIn([{ on: 'ssh', does: 'disconnect' }]);
    client.on('error', () => undefined);
    expect(await run(client, 'reboot')).toMatchObject({ exit: null });
    expect(recorded(folder)).toEqual([{ command: 'reboot', exit: null, fault: 'disconnect' }]);
  });

  it('hangs until the instance is gone', async () => {
    const { client, machines, folder } = await loggedIn([{ on: 'ssh', command: '^sleepy', does: 'hang' }]);
    client.on('error', () => undefined);
    let ended = false;
    const hung = run(client, 'sleepy').finally(() => {
      ended = true;
    });
    await run(client, 'another');
    expect(ended).toBe(false);
    expect(recorded(folder)[0]).toEqual({ command: 'sleepy', exit: null, fault: 'hang' });
    await machines.stop('i-0123456789abcdef0');
    expect(await hung).toMatchObject({ exit: null });
  });
});

describe('an upload', () => {
  const broken = '#!/bin/bash -e\nif true; then\necho\n';
  const sent = (name: string, content: string, mode = '0644') =>
    Buffer.from(`C${mode} ${Buffer.byteLength(content)} ${name}\n${content}\0`);

  it('is stored under its absolute path, with its bytes, its mode and an acknowledgement', async () => {
    const { client, folder } = await loggedIn();
    const content = 'größer\0$HOME\r\n';
    const ran = await run(client, 'scp -vt /opt/my\\ files', sent('a b.bin', content, '0750'));
    expect(ran).toEqual({ exit: 0, stdout: '\0\0\0', stderr: '' });
    const file = uploaded(folder, '/opt/my files/a b.bin');
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(statSync(file).mode & 0o777).toBe(0o750);
    expect(recorded(folder)).toEqual([
      {
        command: 'scp -vt /opt/my\\ files',
        exit: 0,
        uploads: [
          { path: '/opt/my files/a b.bin', kind: 'file', mode: '0750', size: Buffer.byteLength(content) },
        ],
      },
    ]);
  });

  it('that is interrupted leaves nothing', async () => {
    const { client, folder } = await loggedIn();
    const ran = await run(client, 'scp -vt /tmp', Buffer.from('C0644 100 a\nonly this'));
    expect(ran).toMatchObject({ exit: 1, stderr: 'scp: /tmp/a: the connection ended 91 bytes early\n' });
    expect(() => statSync(uploaded(folder, '/tmp/a'))).toThrow('ENOENT');
  });

  it("of a broken shell script succeeds; running it prints bash's message", async () => {
    const { client, folder } = await loggedIn();
    const upload = await run(client, 'scp -vt /tmp', sent('script_1.sh', broken));
    expect(upload).toMatchObject({ exit: 0 });
    expect(await run(client, 'chmod 0755 /tmp/script_1.sh')).toMatchObject({ exit: 0, stderr: '' });
    const ran = await run(client, "chmod +x /tmp/script_1.sh; A='b' /tmp/script_1.sh");
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(/^\/tmp\/script_1\.sh: line \d+: syntax error/);
    expect(ran.stderr).not.toContain(folder);
    expect(recorded(folder)[2]).toMatchObject({ exit: 2, stderr: ran.stderr });
  });

  it('of a private key keeps its size and no byte of it, and says so', async () => {
    const { client, folder } = await loggedIn();
    const { private: secret } = keyPair();
    const ran = await run(client, 'scp -vt /tmp', sent('x509.key', secret));
    expect(ran).toMatchObject({ exit: 0 });
    const kept = readFileSync(uploaded(folder, '/tmp/x509.key'), 'utf8');
    expect(kept).toHaveLength(secret.length);
    expect(kept).toContain('withheld by the sandbox');
    for (const line of secret.split('\n').slice(1, 3)) expect(kept).not.toContain(line);
    expect(recorded(folder)[0]).toMatchObject({
      uploads: [{ path: '/tmp/x509.key', size: secret.length, withheld: true }],
    });
    expect(await run(client, 'scp -f /tmp/x509.key', Buffer.alloc(3))).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('private key'),
    });
  });

  it.each(['scp -vf /etc/shadow', 'scp -vt /a /b', 'scp'])('%s is refused with a reason', async (command) => {
    const { client } = await loggedIn();
    expect(await run(client, command, Buffer.from('\0'))).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^scp: ./),
    });
  });
});
