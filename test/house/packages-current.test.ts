import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'));
  mkdirSync(join(folder, 'scripts'));
  mkdirSync(join(folder, 'node_modules'));
  cpSync(
    resolve(import.meta.dirname, '../../scripts/packages-current.mjs'),
    join(folder, 'scripts/packages-current.mjs'),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pen = { version: '1.0.0', integrity: 'sha512-pen' };
const ink = { version: '2.0.0', integrity: 'sha512-ink', optional: true };

it.each([
  ['the same', { pen, ink }, { pen, ink }, 0],
  ['an optional package is missing', { pen, ink }, { pen }, 0],
  ['another package is missing', { pen, ink }, { ink }, 1],
  ['another version', { pen }, { pen: { ...pen, version: '1.0.1' } }, 1],
  ['other content', { pen }, { pen: { ...pen, integrity: 'sha512-other' } }, 1],
  ['nothing installed', { pen }, undefined, 1],
])('%s', (_, wanted, installed, status) => {
  const lock = (packages: object) => JSON.stringify({ packages });
  writeFileSync(join(folder, 'package-lock.json'), lock({ '': { name: 'gopackgo' }, ...wanted }));
  if (installed !== undefined)
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), lock(installed));
  expect(spawnSync(process.execPath, [join(folder, 'scripts/packages-current.mjs')]).status).toBe(status);
});
