import { realpathSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProjectCopy, projectCopy } from './project-copy.ts';

let project: ProjectCopy;

beforeEach(() => {
  project = projectCopy(['bash', 'dirname', 'readlink', 'find']);
  for (const file of ['package.json', 'package-lock.json', 'src/bin.ts', 'sandbox/index.ts', 'dist/.built'])
    project.file(file, '');
});
afterEach(() => project.remove());

const node = `#!/bin/bash
printf '%s\\n' "pid $$" "cwd $PWD" "first \${PATH%%:*}" "tools $GOPACKGO_TOOLS" "plugins \${PACKER_PLUGIN_PATH:-none}" "$@"
exit 7
`;

it('becomes Node on dist/src/bin.js, in the caller’s folder, with its arguments and exit status', async () => {
  project.program('node_modules/.bin/node', node);
  const run = await project.run('scripts/gopackgo', ['plan', 'two words', '']);
  expect(run.status).toBe(7);
  expect(run.stdout.split('\n')).toEqual([
    `pid ${run.pid}`,
    `cwd ${realpathSync(dirname(project.folder))}`,
    `first ${join(realpathSync(project.folder), 'node_modules/.bin')}`,
    `tools ${join(realpathSync(project.folder), '.tools')}`,
    'plugins none',
    '--max-semi-space-size=8',
    join(realpathSync(project.folder), 'dist/src/bin.js'),
    'plan',
    'two words',
    '',
    '',
  ]);
});

it('respects the user’s folders of tools and plugins', async () => {
  project.program('node_modules/.bin/node', node);
  const named = { GOPACKGO_TOOLS: '/my/tools', PACKER_PLUGIN_PATH: '/my/plugins' };
  const { stdout } = await project.run('scripts/gopackgo', [], named);
  expect(stdout).toContain('tools /my/tools\nplugins /my/plugins\n');
});

it('rebuilds changed sources first: after a pull, no command runs the old build', async () => {
  project.program('node_modules/.bin/node', node);
  project.program('scripts/setup', `#!/bin/bash\necho "set up $*"\n`);
  expect((await project.run('scripts/gopackgo')).stderr).toBe('');
  const soon = new Date(Date.now() + 5_000);
  utimesSync(join(project.folder, 'src/bin.ts'), soon, soon);
  const run = await project.run('scripts/gopackgo');
  expect(run).toMatchObject({ status: 7, stderr: 'set up --no-packer\n' });
});

it('runs set-up first if Node is missing, and keeps stdout for results', async () => {
  project.program('scripts/setup', `#!/bin/bash\necho "set up $*"\n`);
  const run = await project.run('scripts/gopackgo');
  expect(run.stdout).toBe('');
  expect(run.stderr).toContain('set up --no-packer');
});
