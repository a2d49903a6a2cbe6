import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox } from '../../src/open-sandbox.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gopackgo-open-sandbox-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('where its state cannot be kept, the folder is named and what to do', async () => {
  await writeFile(join(folder, '.gopackgo'), 'a file in its place');
  const opened = openSandbox(folder, { url: undefined, speed: undefined, settings: undefined });
  await expect(opened).rejects.toMatchObject({ name: 'ActionableError', status: 4 });
  await expect(opened).rejects.toThrow(/cannot keep its state.*\.gopackgo.*a folder of yours/);
});

it('commands that start at the same moment share one: the first starts it, the others join it', async () => {
  const cwd = await mkdtemp(join(folder, 'at-once-'));
  const options = { url: undefined, speed: undefined, settings: undefined };
  const opened = await Promise.all([1, 2, 3].map(() => openSandbox(cwd, options)));
  try {
    expect(new Set(opened.map(({ id, url }) => `${id} ${url}`)).size).toBe(1);
  } finally {
    await Promise.all(opened.map((one) => one.close()));
  }
});

it.each([
  ['http://127.0.0.1:1', 4, /no sandbox answers there/],
  ['sandbox', 2, /address is http:\/\/127\.0\.0\.1:PORT/],
])('%s is no sandbox: %i', async (url, status, says) => {
  const opened = openSandbox(folder, { url, speed: undefined, settings: undefined });
  await expect(opened).rejects.toMatchObject({ status, message: expect.stringMatching(says) });
});
