import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

const mount = (folder: string, size: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder]).status === 0;
const unmount = (folder: string) => spawnSync('umount', ['-l', folder]).status === 0;

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  const may = mount(folder, '16k') && unmount(folder);
  rmSync(folder, { recursive: true });
  return may;
}

let project: Project;
let small: string;
beforeEach(async () => {
  project = await newProject();
  small = project.path('.gopackgo');
  mkdirSync(small);
});
afterEach(async () => {
  unmount(small);
  await project.remove();
});

describe.skipIf(!mayMount())(
  'a disk that fills up in a rehearsal (skipped if mounting a small one is not allowed)',
  () => {
    it.each(['88k', '140k'])(
      'at %s ends the rehearsal, which names the error and the folder and repeats no call for minutes',
      async (size) => {
        expect(mount(small, size)).toBe(true);
        const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
        expect([1, 4], run.stderr).toContain(run.exit);
        expect(run.stderr + run.stdout).toMatch(/no space left on device/);
        expect(run.stderr + run.stdout).toContain('.gopackgo');
      },
    );
  },
);
