import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { byteReader } from '../../server/byte-reader.ts';
import { receiveScp } from '../../server/scp.ts';
import { parseScpCommand } from '../../server/scp-command.ts';
import { uploadedFiles } from '../../server/uploaded-files.ts';
import { temporaryFolder } from './stand-in.ts';

/** Feeds the receiver in pieces of this many bytes. */
async function receive(sent: string, { recursive = false, piece = 5, folder = temporaryFolder() } = {}) {
  const bytes = Buffer.from(sent);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const answers: string[] = [];
  const result = await receiveScp({
    reader: byteReader(pieces()),
    send: (answer) => void answers.push(answer),
    target: '/srv',
    recursive,
    files: uploadedFiles(folder),
  });
  return { ...result, folder, answers };
}

it.each([1, 3, 1000])('stores a tree of folders and files in pieces of any size: %i bytes', async (piece) => {
  const sent = 'D0750 0 a b\nC0600 3 x\nx\ny\0D0755 0 empty\nE\nE\nT1 0 1 0\nC0644 0 nothing\n\0';
  const { exit, uploads, folder, answers } = await receive(sent, { recursive: true, piece });
  expect({ exit, answers: answers.join('') }).toEqual({ exit: 0, answers: '\0'.repeat(10) });
  expect(uploads).toEqual([
    { path: '/srv/a b', kind: 'folder', mode: '0750' },
    { path: '/srv/a b/x', kind: 'file', mode: '0600', size: 3 },
    { path: '/srv/a b/empty', kind: 'folder', mode: '0755' },
    { path: '/srv/nothing', kind: 'file', mode: '0644', size: 0 },
  ]);
  const files = join(folder, 'files', 'srv');
  expect(readFileSync(join(files, 'a b', 'x'), 'utf8')).toBe('x\ny');
  expect(readdirSync(files, { recursive: true }).sort()).toEqual(['a b', 'a b/empty', 'a b/x', 'nothing']);
  expect(statSync(join(files, 'nothing')).mode & 0o777).toBe(0o644);
});

it.each([
  ['a name that leads up', 'C0644 1 ..\nx\0'],
  ['a name that stays', 'D0755 0 .\n'],
  ['a path for a name', 'C0644 1 ../../evil\nx\0'],
  ['an absolute path for a name', 'C0644 1 /evil\nx\0'],
  ['no name', 'C0644 1 \nx\0'],
  ['a size that is no number', 'C0644 -1 evil\nx\0'],
  ['a size beyond the limit', 'C0644 999999999999999 evil\n'],
  ['a line that never ends', `C0644 1 ${'evil'.repeat(10_000)}`],
  ['more ends than folders', 'E\n'],
  ['another protocol', 'GET / HTTP/1.1\n'],
  ['a content that the client gave up', 'C0644 1 evil\nx\x01read error\n'],
])('refuses %s', async (_what, sent) => {
  const { exit, stderr, folder, answers } = await receive(sent, { recursive: true });
  expect(exit).toBe(1);
  expect(answers.at(-1)).toBe(`\x02${stderr}`);
  expect(existsSync(join(folder, 'evil'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name !== 'files')).toEqual([]);
});

it('refuses a folder if only a file was announced', async () => {
  expect(await receive('D0755 0 a\nE\n')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('/srv/a'),
  });
});

it('refuses a file in place of a folder, and replaces a file', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'files', 'srv', 'taken'), { recursive: true });
  expect(await receive('C0644 1 taken\nx\0', { folder })).toMatchObject({ exit: 1 });
  await receive('C0400 3 a\nold\0', { folder });
  await receive('C0644 3 a\nnew\0', { folder });
  expect(readFileSync(join(folder, 'files', 'srv', 'a'), 'utf8')).toBe('new');
});

it.each([
  ['scp -vt /tmp', { does: 'receive', target: '/tmp', recursive: false }],
  ['scp -rvt /opt/a\\ b', { does: 'receive', target: '/opt/a b', recursive: true }],
  ["scp -r -t -- '-odd'", { does: 'receive', target: '-odd', recursive: true }],
  ['/usr/bin/scp -t .', { does: 'receive', target: '.', recursive: false }],
  ['scp -vf /etc/motd', { does: 'send', sources: ['/etc/motd'], recursive: false }],
  ['scp -vrf "/srv/a b"', { does: 'send', sources: ['/srv/a b'], recursive: true }],
  ['scp -f', { does: 'nothing', because: 'no file is named' }],
  ['scp -t a b', { does: 'nothing', because: 'ambiguous target' }],
  ['scp a b', { does: 'nothing', because: 'neither -t nor -f' }],
  ['scpx -t a', undefined],
  ['echo scp -t a', undefined],
])('reads %j', (command, expected) => {
  expect(parseScpCommand(command)).toEqual(expected);
});

it.each([
  ['/srv/a/../b', '/srv/b'],
  ['../../../etc', '/etc'],
  ['.', '/home/ubuntu'],
  ['~/a', '/home/ubuntu/a'],
  ['~other', '/home/ubuntu/~other'],
])('interprets %s as a user’s shell would', (path, expected) => {
  expect(uploadedFiles('/nowhere').resolve(path, 'ubuntu')).toBe(expected);
  expect(uploadedFiles('/nowhere').resolve('a', '../..')).toMatch(/^\/home\/[^/]+\/a$/);
});
