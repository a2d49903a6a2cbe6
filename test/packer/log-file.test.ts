import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureExcerpt } from '../../src/packer/failure.ts';
import { readLog, tailLog } from '../../src/packer/log-file.ts';

const target = 'us-east-1-2204-hvm';
const line = (text: string) => `2026-11-30T00:00:00Z:     amazon-ebs.${target}: ${text}\n`;
const ending =
  `2026-11-30T00:00:00Z: ==> amazon-ebs.${target}: Provisioning step had errors: Running the cleanup provisioner, if present...\n` +
  `Build 'amazon-ebs.${target}' errored after 2 seconds: Script exited with non-zero exit status: 9.\n`;
const megabytes = 100;
const mebibyte = 1024 * 1024;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  file = join(folder, 'log');
});
afterEach(() => rm(folder, { recursive: true }));

/** Endless output of a script: each a log of 100 MB. */
const printed: [string, () => Iterable<string>][] = [
  [
    'one word',
    function* () {
      yield line('').trimEnd();
      for (let part = 0; part < megabytes; part++) yield 'a'.repeat(mebibyte);
      yield '\n';
    },
  ],
  [
    'words on one line',
    function* () {
      yield line('').trimEnd();
      for (let part = 0; part < megabytes; part++) yield 'word '.repeat(mebibyte / 5);
      yield '\n';
    },
  ],
  [
    'short lines',
    function* () {
      const lines = line('x').repeat(8192);
      for (let bytes = 0; bytes < megabytes * mebibyte; bytes += lines.length) yield lines;
    },
  ],
  [
    'lines of a mebibyte',
    function* () {
      for (let part = 0; part < megabytes; part++) yield line('b'.repeat(mebibyte));
    },
  ],
];

describe.each(printed)('100 MB of %s', (_, text) => {
  beforeEach(async () => {
    await writeFile(file, line('Instance ID: i-0123456789abcdef0'));
    await pipeline(Readable.from(text()), createWriteStream(file, { flags: 'a' }));
    await appendFile(file, line('the cause') + ending);
  });

  it('is read and evaluated in less than 300 MB of memory', async () => {
    const modules = ['log-file', 'failure', 'output'].map((name) =>
      JSON.stringify(new URL(`../../src/packer/${name}.ts`, import.meta.url).href),
    );
    const script = `
      const [{ readLog, tailLog }, { classifyFailure, failureExcerpt }, { readOutput, phaseAfter }] =
        await Promise.all([${modules.join(', ')}].map((module) => import(module)));
      const tail = tailLog(process.argv[1]);
      let phase = 'preparing';
      for (let part = 0; part < 200; part++) phase = phaseAfter(phase, await tail(), '${target}');
      const text = await readLog(process.argv[1]);
      const { kind } = classifyFailure(text, '${target}');
      const { lines } = failureExcerpt(text, '${target}', 12);
      const { instanceId } = readOutput(text, '${target}');
      const megabytes = process.resourceUsage().maxRSS / 1024;
      console.log(JSON.stringify({ kind, last: lines.at(-1), letters: lines.join('').length, instanceId, megabytes }));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      script,
      file,
    ]);
    const { letters, megabytes: used, ...judged } = JSON.parse(stdout);
    expect(judged).toEqual({ kind: 'provisioner', last: 'the cause', instanceId: 'i-0123456789abcdef0' });
    expect(used).toBeLessThan(300);
    expect(letters).toBeLessThan(60_000);
  });
});

it('a line keeps its number if lines before it are skipped', async () => {
  const lines = 300_000;
  await writeFile(file, `${line('x').repeat(lines)}${line('the cause')}${ending}`);
  const text = await readLog(file);
  expect(text.length).toBeLessThan(3 * mebibyte);
  expect(failureExcerpt(text, target, 1)).toEqual({ lines: ['the cause'], line: lines + 1 });
});

it('no line of a log is mistaken for the mark of skipped ones', async () => {
  await writeFile(file, `\0${1000}\n${line('the cause')}${ending}`);
  expect(failureExcerpt(await readLog(file), target, 1)).toEqual({ lines: ['the cause'], line: 2 });
});

it('text that would be cut in two is left out, since half a password would not be hidden', async () => {
  const secret = `password=${'h'.repeat(40)}`;
  await writeFile(file, line(`${'word '.repeat(796)}${secret}${' more'.repeat(4000)}`) + ending);
  const [shown] = failureExcerpt(await readLog(file), target, 1).lines;
  expect(shown).toMatch(/word … \(shortened\)$/);
});

it('a log is followed line by line, whatever its content', async () => {
  const tail = tailLog(file);
  expect(await tail()).toBe('');
  await appendFile(file, 'one\ntw');
  expect(await tail()).toBe('one\n');
  await appendFile(file, `o\n${'a'.repeat(3 * mebibyte)}`);
  const followed = [await tail(), await tail(), await tail(), await tail()];
  expect(followed[0]).toBe('two\n');
  expect(followed.slice(1)).toEqual(['', '', '']);
  await appendFile(file, '\nlast\n');
  expect(await tail()).toMatch(/^a+\nlast\n$/);
});
