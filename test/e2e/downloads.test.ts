import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
  await project.config('report', (config) => {
    config.provisioners = [
      {
        type: 'file',
        direction: 'download',
        source: '/var/log/build.txt',
        destination: project.path('report'),
      },
    ];
  });
});
afterEach(() => project.remove());

const publish = () => project.run(['publish', 'report', '--sandbox', '--yes', '--only', '2404-hvm']);

it('downloading a file that no command created fails the build with a reason; downloading a provided file succeeds', async () => {
  const without = await publish();
  expect(without.exit).toBe(1);
  expect(without.stderr + without.stdout).toContain('/var/log/build.txt: No such file or directory');
  expect(existsSync(project.path('report')) && (await readFile(project.path('report'), 'utf8'))).toBeFalsy();

  await mkdir(project.path('.gopackgo/sandbox/files/var/log'), { recursive: true });
  await writeFile(project.path('.gopackgo/sandbox/files/var/log/build.txt'), 'as if it had run\n');
  const given = await publish();
  expect(given.exit, given.stderr).toBe(0);
  expect(await readFile(project.path('report'), 'utf8')).toBe('as if it had run\n');
});
