import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readIds, recordIds } from '../../src/record/ids-file.ts';
import type { RecordFile } from '../../src/record/record-file.ts';
import { renderIds } from '../../src/record/render.ts';
import { entry } from './an-entry.ts';
import { writer } from './fixtures/writer.ts';

function newFile(text?: string): RecordFile {
  const folder = mkdtempSync(join(tmpdir(), 'ids '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'ami_ids.json');
  if (text !== undefined) writeFileSync(path, text);
  return { path, shown: 'ami_ids.json' };
}

const textIn = ({ path }: RecordFile) => readFileSync(path, 'utf8');
const beside = ({ path }: RecordFile) => readdirSync(join(path, '..')).sort();
const others = entry({ region: 'eu-west-1' });

const run = (program: string, ...words: string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', program), ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return once(child, 'close') as Promise<[number | null, string | null]>;
};

describe('writing', () => {
  it('creates a missing file and its folder', async () => {
    const file = newFile();
    file.path = join(file.path, '../published/ids.json');
    expect(await recordIds(file, [entry()], writer, fs)).toMatchObject({ added: 1 });
    expect(textIn(file)).toBe(renderIds([entry()]));
    expect(beside(file)).toEqual(['ids.json']);
  });

  it('keeps the entries of others, and the permissions of the file', async () => {
    const file = newFile(renderIds([others]));
    chmodSync(file.path, 0o660);
    await recordIds(file, [entry()], writer, fs);
    expect(textIn(file)).toBe(renderIds([others, entry()]));
    expect(statSync(file.path).mode & 0o777).toBe(0o660);
  });

  it('writes nothing if the file has the entries already, so it may be read-only then', async () => {
    const file = newFile(renderIds([entry()]));
    const readOnly = { ...fs, open: () => Promise.reject(new Error('EROFS')) };
    expect(await recordIds(file, [entry()], writer, readOnly)).toMatchObject({
      added: 0,
      replaced: 0,
      same: 1,
    });
  });

  it('starts a copy once, from the original file', async () => {
    const startFrom = newFile(renderIds([others]));
    const copy = { ...newFile(), startFrom };
    await recordIds(copy, [entry()], writer, fs);
    writeFileSync(startFrom.path, 'broken');
    await recordIds(copy, [entry({ release: '2404' })], writer, fs);
    expect(await readIds(copy, fs)).toHaveLength(3);
    expect(textIn(startFrom)).toBe('broken');
  });
});

describe('if it refuses a file', () => {
  it.each([
    ['broken JSON', '{'],
    ['another key', '{"us-east-1": [], "format": 2}'],
    ['text that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s keeps the same bytes', async (_what, content) => {
    const file = newFile();
    writeFileSync(file.path, content);
    for (const act of [() => readIds(file, fs), () => recordIds(file, [entry()], writer, fs)]) {
      await expect(act()).rejects.toMatchObject({
        status: 4,
        message: expect.stringMatching(/^ami_ids\.json: /),
      });
    }
    expect(readFileSync(file.path)).toEqual(Buffer.from(content));
    expect(beside(file)).toEqual(['ami_ids.json']);
  });

  it('a link, which a rename would replace, or a folder, it stays as it is', async () => {
    const real = newFile('{}\n');
    const link = newFile();
    symlinkSync(real.path, link.path);
    await expect(recordIds(link, [entry()], writer, fs)).rejects.toThrow(/symbolic link/);
    expect(textIn(real)).toBe('{}\n');
    const folder = newFile();
    mkdirSync(folder.path);
    await expect(readIds(folder, fs)).rejects.toThrow(/not a file/);
  });
});

describe('concurrent changes', () => {
  it('lose nothing: four processes, each with 20 changes', async () => {
    const file = newFile('{}\n');
    const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'sa-east-1'];
    const ended = await Promise.all(regions.map((region) => run('writer.ts', file.path, region, '20')));
    expect(ended).toEqual(regions.map(() => [0, null]));
    expect(await readIds(file, fs)).toHaveLength(80);
    expect(beside(file)).toEqual(['ami_ids.json']);
  });

  it('of one process lose nothing either', async () => {
    const file = newFile();
    const ours = Array.from({ length: 20 }, (_, index) => entry({ release: String(2000 + index) }));
    await Promise.all(ours.map((one) => recordIds(file, [one], writer, fs)));
    expect(textIn(file)).toBe(renderIds(ours));
  });

  it('cannot overwrite each other even if one considers the other dead', async () => {
    const file = newFile(renderIds([]));
    const hasty = { ...writer, pid: writer.pid + 1, isRunning: () => false };
    const overtaken = {
      ...fs,
      async rename(from: string, to: string) {
        await recordIds(file, [others], hasty, fs);
        await fs.rename(from, to);
      },
    } as typeof fs;
    await expect(recordIds(file, [entry()], writer, overtaken)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(textIn(file)).toBe(renderIds([others]));
  });

  it('wait for another process for a minute, then name it', async () => {
    const file = newFile(renderIds([others]));
    const name = `ami_ids.json.00000000-0000-0000-0000-000000000000.elsewhere.7.part`;
    writeFileSync(join(file.path, '..', name), '');
    let now = Date.now();
    const sleep = async (wait: number) => {
      now += wait;
      utimesSync(join(file.path, '..', name), now / 1000, now / 1000);
    };
    const patient = { ...writer, now: () => now, sleep };
    await expect(recordIds(file, [entry()], patient, fs)).rejects.toThrow(name);
    expect(textIn(file)).toBe(renderIds([others]));
    expect(beside(file)).toEqual(['ami_ids.json', name]);
  });

  it('take over the lock of another host that gives no sign of life', async () => {
    const file = newFile(renderIds([others]));
    const name = `ami_ids.json.00000000-0000-0000-0000-000000000000.elsewhere.7.part`;
    writeFileSync(join(file.path, '..', name), '');
    let now = Date.now();
    const sleep = async (wait: number) => {
      now += wait;
    };
    await recordIds(file, [entry()], { ...writer, now: () => now, sleep }, fs);
    expect(textIn(file)).toBe(renderIds([others, entry()]));
    expect(beside(file)).toEqual(['ami_ids.json']);
  });

  it('do not wait for a process whose id another one has now', async () => {
    const file = newFile(renderIds([others]));
    const started = '1';
    const name = `ami_ids.json.00000000-0000-0000-0000-000000000000.here.${process.ppid}.${started}.part`;
    writeFileSync(join(file.path, '..', name), '');
    await recordIds(file, [entry()], writer, fs);
    expect(beside(file)).toEqual(['ami_ids.json']);
  });
});

describe('a failing disk', () => {
  const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  const disks: Record<string, typeof fs> = {
    'is read-only': { ...fs, open: () => failing('EROFS') },
    'cannot put it in place': { ...fs, rename: () => failing('EXDEV') },
    'is full': {
      ...fs,
      async open(...given: Parameters<typeof fs.open>) {
        const handle = await fs.open(...given);
        handle.writeFile = () => failing('ENOSPC');
        return handle;
      },
    },
  };
  it.each(Object.keys(disks))('leaves everything as it was: one that %s', async (what) => {
    const file = newFile(renderIds([others]));
    await expect(recordIds(file, [entry()], writer, disks[what] ?? fs)).rejects.toThrow(/EROFS|EXDEV|ENOSPC/);
    expect(textIn(file)).toBe(renderIds([others]));
    expect(beside(file)).toEqual(['ami_ids.json']);
  });
});

it('after a kill at any step the file is the old or the new one, and the next run finishes and cleans up', async () => {
  const before = renderIds([others]);
  const after = renderIds([others, entry()]);
  const found = { old: 0, new: 0, parts: 0 };
  for (let step = 1; ; step++) {
    expect(step).toBeLessThan(100);
    const file = newFile(before);
    const [exit, signal] = await run('killed.ts', file.path, String(step));
    const text = textIn(file);
    expect([before, after]).toContain(text);
    if (signal !== 'SIGKILL') {
      expect([exit, text]).toEqual([0, after]);
      break;
    }
    found[text === before ? 'old' : 'new']++;
    found.parts += beside(file).length - 1;
    await recordIds(file, [entry()], writer, fs);
    expect(textIn(file)).toBe(after);
    expect(beside(file)).toEqual(['ami_ids.json']);
  }
  expect(Math.min(...Object.values(found))).toBeGreaterThan(0);
});
