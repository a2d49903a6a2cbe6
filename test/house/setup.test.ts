import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProjectCopy, projectCopy } from './project-copy.ts';

const tools = ['bash', 'cat', 'dirname', 'find', 'mkdir', 'mv', 'touch'];
const lock = JSON.stringify({ packages: { '': {}, pen: { version: '1.0.0', integrity: 'sha512-pen' } } });

/** npm as far as set-up calls it; `calls` lists its arguments. */
const npm = (version: string, node = 'v24.1.0') => `#!/usr/bin/env bash
case $* in
  --version) echo ${version}; exit ;;
  ci*) mkdir -p node_modules/.bin
       cat package-lock.json >node_modules/.package-lock.json
       printf '#!/bin/sh\\necho ${node}\\n' >node_modules/.bin/node
       chmod 755 node_modules/.bin/node ;;
  'run --silent build') mkdir -p dist/src; echo built >dist/src/bin.js ;;
  *) exit 64 ;;
esac
echo "$1" >>calls
`;

let project: ProjectCopy;

beforeEach(() => {
  project = projectCopy([...tools, 'chmod', 'git']);
  project.program('bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  project.program('bin/npm', npm('9.0.0'));
  project.file('package-lock.json', lock);
  for (const file of [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'src/bin.ts',
    'sandbox/index.ts',
  ])
    project.file(file, '');
});
afterEach(() => project.remove());

const setup = () => project.run('scripts/setup', ['--no-packer']);
const calls = () => {
  const file = join(project.folder, 'calls');
  const made = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  rmSync(file, { force: true });
  return made;
};

it('installs and builds, says so on stderr, and does neither a second time', async () => {
  expect(await setup()).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringMatching(/^setup: installing the npm packages .*\nsetup: building dist\/ .*\n$/),
  });
  expect(calls()).toEqual(['ci', 'run']);
  expect(await setup()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(calls()).toEqual([]);
});

it.each(['src/bin.ts', 'sandbox/index.ts', 'tsconfig.build.json', 'package-lock.json'])(
  'builds again when %s is newer',
  async (file) => {
    await setup();
    calls();
    const soon = new Date(Date.now() + 5000);
    utimesSync(join(project.folder, file), soon, soon);
    expect(await setup()).toMatchObject({ status: 0 });
    expect(calls()).toEqual(['run']);
  },
);

it('installs and builds again when the lock file asks for another version', async () => {
  await setup();
  calls();
  project.file('package-lock.json', lock.replace('1.0.0', '1.0.1'));
  expect(await setup()).toMatchObject({ status: 0 });
  expect(calls()).toEqual(['ci', 'run']);
});

it('does not count a failed build', async () => {
  project.program('bin/npm', npm('9.0.0').replace('mkdir -p dist/src;', 'exit 2;'));
  expect(await setup()).toMatchObject({ status: 1, stderr: expect.stringContaining('the build failed') });
  project.program('bin/npm', npm('9.0.0'));
  expect(await setup()).toMatchObject({ status: 0 });
});

it.each([
  [
    'an npm that is too old',
    () => project.program('bin/npm', npm('8.19.4')),
    'npm 9 or newer is needed, found 8.19.4',
  ],
  ['no git', () => rmSync(join(project.folder, 'bin/git')), 'git is missing'],
  ['no npm', () => rmSync(join(project.folder, 'bin/npm')), 'npm is missing'],
  [
    'install scripts that are off',
    () => project.program('bin/npm', npm('9.0.0', '')),
    'npm rebuild node --ignore-scripts=false',
  ],
])('%s: says what to do', async (_, spoil, message) => {
  spoil();
  expect(await setup()).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
});
