import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client, SFTPWrapper } from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { SshFault } from '../../model/contract.ts';
import { keyPair, logIn, machineWith, recorded, run, startMachines, uploaded } from './ssh-client.ts';
import { temporaryFolder } from './stand-in.ts';

const key = keyPair();
const jammy = { ubuntu: { version: '22.04', codename: 'jammy' } };

async function session(script: SshFault[] = [], instanceFiles?: string) {
  const { machines, folder } = await startMachines({ script, instanceFiles });
  await machines.start(machineWith(key.public, jammy));
  const client = await logIn('127.77.1.2', machines.port, { privateKey: key.private });
  return { client, folder, ...callsOf(await openSftp(client)) };
}

const openSftp = (client: Client) =>
  new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });

const callsOf = (sftp: SFTPWrapper) => ({
  sftp,
  put: promisify((path: string, content: string | Buffer, done: (error?: Error | null) => void) =>
    sftp.writeFile(path, content, done),
  ),
  get: promisify((path: string, done: (error: Error | undefined, content: Buffer) => void) =>
    sftp.readFile(path, done),
  ),
  stat: promisify(sftp.stat.bind(sftp)),
  list: promisify(sftp.readdir.bind(sftp)),
  mkdir: promisify((path: string, done: (error?: Error | null) => void) => sftp.mkdir(path, done)),
  chmod: promisify(sftp.chmod.bind(sftp)),
  rename: promisify(sftp.rename.bind(sftp)),
  unlink: promisify(sftp.unlink.bind(sftp)),
  rmdir: promisify(sftp.rmdir.bind(sftp)),
  realpath: promisify(sftp.realpath.bind(sftp)),
});

describe('a file', () => {
  it('is uploaded and downloaded as the same bytes, at any size, with its parent folders created', async () => {
    const { put, get, chmod, stat, folder } = await session();
    const content = Buffer.from(Array.from({ length: 300_001 }, (_, index) => (index * 31) % 251));
    await put('/opt/deep/a b', content);
    await chmod('/opt/deep/a b', 0o750);
    expect(readFileSync(uploaded(folder, '/opt/deep/a b'))).toEqual(content);
    expect(statSync(uploaded(folder, '/opt/deep/a b')).mode & 0o777).toBe(0o750);
    expect(await get('/opt/deep/a b')).toEqual(content);
    expect(await stat('/opt/deep/a b')).toMatchObject({ size: 300_001, mode: 0o100750 });
    expect(recorded(folder)).toEqual([
      {
        command: 'sftp put /opt/deep/a b',
        exit: 0,
        uploads: [{ path: '/opt/deep/a b', kind: 'file', mode: expect.any(String), size: 300_001 }],
      },
      { command: 'sftp get /opt/deep/a b', exit: 0, downloads: ['/opt/deep/a b'] },
    ]);
  });

  it('is in the user’s home under a relative name, and can be empty', async () => {
    const { put, get, realpath } = await session();
    await put('here', '');
    expect(await realpath('.')).toBe('/home/ubuntu');
    expect(await get('/home/ubuntu/here')).toEqual(Buffer.alloc(0));
  });

  it('that does not arrive completely is not stored, and the previous one remains', async () => {
    const { put, sftp, client, folder } = await session();
    await put('/tmp/a', 'before');
    const handle = await promisify((done: (error: Error | undefined, handle: Buffer) => void) =>
      sftp.open('/tmp/a', 'w', done),
    )();
    await promisify((done: (error?: Error | null) => void) =>
      sftp.write(handle, Buffer.from('half'), 0, 4, 0, done),
    )();
    client.destroy();
    await expect.poll(() => recorded(folder).at(-1)).toMatchObject({ command: 'sftp put /tmp/a', exit: 1 });
    expect(readFileSync(uploaded(folder, '/tmp/a'), 'utf8')).toBe('before');
    expect(readdirSync(join(folder, 'instances', 'i-0123456789abcdef0')).sort()).toEqual([
      'commands.ndjson',
      'files',
    ]);
  });

  it('that was never uploaded is not found; one of the system can be read but not changed', async () => {
    const { get, put, chmod, unlink, stat, folder } = await session();
    await expect(get('/opt/made-by-a-script')).rejects.toThrow('No such file');
    expect((await get('/etc/os-release')).toString()).toContain('VERSION_ID="22.04"');
    await expect(chmod('/etc/os-release', 0o600)).rejects.toThrow('Permission denied');
    await expect(unlink('/etc/os-release')).rejects.toThrow('No such file');
    await put('/etc/os-release', 'mine');
    expect(await stat('/etc/os-release')).toMatchObject({ size: 4 });
    expect(recorded(folder)[0]).toMatchObject({ command: 'sftp get /opt/made-by-a-script', exit: 1 });
  });

  it('that is provided to every instance can be downloaded, until another is uploaded in its place', async () => {
    const given = temporaryFolder();
    mkdirSync(join(given, 'var/log'), { recursive: true });
    writeFileSync(join(given, 'var/log/build.txt'), 'given');
    const { get, put, list } = await session([], given);
    expect((await get('/var/log/build.txt')).toString()).toBe('given');
    await put('/var/log/build.txt', 'uploaded');
    expect((await get('/var/log/build.txt')).toString()).toBe('uploaded');
    expect((await list('/var/log')).map(({ filename }) => filename)).toEqual(['build.txt']);
  });

  it('is only written completely: nothing is appended or patched', async () => {
    const { put, sftp } = await session();
    await put('/tmp/a', 'x');
    const open = promisify((flags: 'a' | 'r+', done: (error: Error | undefined, handle: Buffer) => void) =>
      sftp.open('/tmp/a', flags, done),
    );
    await expect(open('a')).rejects.toThrow('whole files');
    await expect(open('r+')).rejects.toThrow('whole files');
  });

  it('with a private key is stored without it, and cannot be downloaded', async () => {
    const { put, get, stat } = await session();
    await put('/tmp/key', key.private);
    expect((await stat('/tmp/key')).size).toBe(key.private.length);
    await expect(get('/tmp/key')).rejects.toThrow('private key');
  });
});

describe('a folder', () => {
  it('is made, listed, renamed and removed', async () => {
    const { put, mkdir, list, rename, unlink, rmdir, stat, folder } = await session();
    await mkdir('/srv/app');
    await expect(mkdir('/srv/app')).rejects.toThrow('File exists');
    for (const batch of ['a', 'b']) {
      await Promise.all(Array.from({ length: 75 }, (_, index) => put(`/srv/app/${batch}${index}`, 'x')));
    }
    expect((await list('/srv/app')).map(({ filename }) => filename)).toHaveLength(150);
    await rename('/srv/app/a1', '/srv/one');
    await expect(rename('/srv/one', '/srv/app/a2')).rejects.toThrow('File exists');
    await unlink('/srv/one');
    await expect(rmdir('/srv/app')).rejects.toThrow('ENOTEMPTY');
    await expect(stat('/srv/one')).rejects.toThrow('No such file');
    expect(readdirSync(uploaded(folder, '/srv/app'))).toHaveLength(149);
  });

  it('that every Ubuntu has exists, can get another mode, and cannot be opened as a file', async () => {
    const { stat, chmod, get, put } = await session();
    expect((await stat('/opt')).isDirectory()).toBe(true);
    await chmod('/opt', 0o755);
    await expect(get('/opt')).rejects.toThrow('is a directory');
    await expect(put('/opt', 'x')).rejects.toThrow('is a directory');
  });

  it('does not lead out of the instance', async () => {
    const { put, get, folder } = await session();
    await put('../../../../../../evil', 'x');
    expect(readFileSync(uploaded(folder, '/evil'), 'utf8')).toBe('x');
    await expect(get('/../../../../../../../../etc/passwd')).rejects.toThrow('No such file');
  });
});

describe('a fault', () => {
  it('fails the transfer that it matches, and no other', async () => {
    const does = { exit: 1, stderr: 'No space left on device' };
    const { put, folder } = await session([{ on: 'ssh', command: '^sftp put /opt/', does }]);
    await expect(put('/opt/a', 'x')).rejects.toThrow('No space left');
    await put('/tmp/a', 'x');
    expect(recorded(folder)).toMatchObject([
      { command: 'sftp put /opt/a', exit: 1, fault: 'exit' },
      { command: 'sftp put /tmp/a', exit: 0 },
    ]);
  });

  it('cuts the connection', async () => {
    const { get, client, folder } = await session([{ on: 'ssh', command: 'sftp get', does: 'disconnect' }]);
    client.on('error', () => undefined);
    await expect(get('/etc/os-release')).rejects.toThrow();
    expect(recorded(folder)).toEqual([
      { command: 'sftp get /etc/os-release', exit: null, fault: 'disconnect' },
    ]);
  });
});

it('a session ends with an exit status, which OpenSSH’s scp looks for', async () => {
  const { client } = await session();
  const exit = await new Promise((resolve, reject) => {
    client.subsys('sftp', (error, channel) => {
      if (error) return reject(error);
      channel.on('exit', resolve).on('close', () => resolve('none'));
      channel.resume().end();
    });
  });
  expect(exit).toBe(0);
});

it('a download by scp returns a tree as it was uploaded', async () => {
  const { client, put, folder } = await session();
  await put('/srv/tree/sub/b', 'b\0');
  await put('/srv/tree/a', 'a');
  const acknowledgements = Buffer.alloc(20);
  const ran = await run(client, 'scp -vrf /srv/tree', acknowledgements);
  expect(ran).toEqual({
    exit: 0,
    stderr: '',
    stdout: expect.stringMatching(/^D0755 0 tree\nC0\d{3} 1 a\na\0D0755 0 sub\nC0\d{3} 2 b\nb\0\0E\nE\n$/),
  });
  expect(recorded(folder).at(-1)).toMatchObject({ downloads: ['/srv/tree/a', '/srv/tree/sub/b'] });
  expect(await run(client, 'scp -vf /srv/tree', acknowledgements)).toMatchObject({
    exit: 1,
    stderr: 'scp: /srv/tree: not a regular file\n',
  });
});
