import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { appendToOwnFile, makeOwnFolder, readOwnFile } from '../../src/lib/own-files.ts';

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'own '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const modeOf = (path: string) => statSync(path).mode & 0o777;

it('only the user can read folders and files, even those that an earlier version made for everybody', async () => {
  const own = join(newFolder(), '.gopackgo');
  mkdirSync(own);
  chmodSync(own, 0o755);
  const file = join(own, 'web@1', 'events.ndjson');
  appendToOwnFile(file, 'one\n');
  appendToOwnFile(file, 'two\n');
  expect([own, join(own, 'web@1'), file].map(modeOf)).toEqual([0o700, 0o700, 0o600]);
  expect(await readOwnFile(file)).toBe('one\ntwo\n');
});

it('a link in place of a folder is refused, wherever it leads', () => {
  const [folder, elsewhere] = [newFolder(), newFolder()];
  const own = join(folder, '.gopackgo');
  mkdirSync(own);
  symlinkSync(elsewhere, join(own, 'web@1'));
  expect(() => makeOwnFolder(join(own, 'web@1', 'attempts', 'a'))).toThrow(
    /web@1: expected a folder of gopackgo's own, found a symbolic link/,
  );
  expect(readdirSync(elsewhere)).toEqual([]);
});

it('.gopackgo itself may be a link', () => {
  const [folder, elsewhere] = [newFolder(), newFolder()];
  symlinkSync(elsewhere, join(folder, '.gopackgo'));
  makeOwnFolder(join(folder, '.gopackgo', 'web@1'));
  expect(readdirSync(elsewhere)).toEqual(['web@1']);
});

it('a link in place of a file is neither written nor read', async () => {
  const folder = newFolder();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'theirs\n');
  symlinkSync(victim, join(folder, 'events.ndjson'));
  expect(() => appendToOwnFile(join(folder, 'events.ndjson'), 'ours\n')).toThrow(/ELOOP/);
  await expect(readOwnFile(join(folder, 'events.ndjson'))).rejects.toThrow(/ELOOP/);
  expect(readFileSync(victim, 'utf8')).toBe('theirs\n');
});
