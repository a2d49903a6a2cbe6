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
