import { globSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
let cloud: Project;
beforeEach(async () => {
  [project, cloud] = await Promise.all([newProject(), newProject()]);
});
afterEach(() => Promise.all([project.remove(), cloud.remove()]));

it('only the user can read what a run writes, not only in a rehearsal', async () => {
  // For this run the sandbox of another folder is AWS.
  const { environment } = await cloud.sandbox();
  const run = await project.run(['publish', 'test-ebs', '--yes'], environment);
  expect(run.exit, run.stderr).toBe(0);
  expect(lstatSync(project.path('.gopackgo')).mode & 0o777).toBe(0o700);
  const open = globSync('.gopackgo/**', { cwd: project.folder })
    // Packer's own files are below those folders.
    .filter((path) => !/\/(?:home|packer-cache)\//.test(path))
    .filter((path) => (lstatSync(project.path(path)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});

it('a release folder that is a link is refused with 4, and nothing is written to its target', async () => {
  const elsewhere = cloud.path('elsewhere');
  mkdirSync(elsewhere);
  mkdirSync(project.path('.gopackgo/sandbox/releases'), { recursive: true });
  symlinkSync(elsewhere, project.path('.gopackgo/sandbox/releases/test-ebs@1.0.0'));
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
  expect(run.exit, run.stderr).toBe(4);
  expect(run.stderr).toMatch(/test-ebs@1\.0\.0: expected a folder of gopackgo's own, found a symbolic link/);
  expect(readdirSync(elsewhere)).toEqual([]);
});
