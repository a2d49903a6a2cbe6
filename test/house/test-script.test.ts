import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProjectCopy, projectCopy } from './project-copy.ts';

let project: ProjectCopy;

/** vitest as far as the script calls it: a report if requested, and an exit status. */
const vitest = (passed: number, failed: number) => `#!/usr/bin/env bash
for word; do case $word in --outputFile.json=*) file=\${word#*=} ;; esac; done
echo '{"numPassedTests": ${passed}, "numFailedTests": ${failed}}' >"$file"
read -r line && echo "stdin has $line"
exit ${failed === 0 ? 0 : 1}
`;

beforeEach(() => {
  project = projectCopy(['basename', 'bash', 'cat', 'dirname', 'mktemp', 'rm', 'tee']);
  project.program('scripts/setup', '#!/bin/bash\n');
  project.program('bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  project.program('bin/npm', '#!/bin/bash\n');
  project.program('bin/vitest', vitest(7, 0));
});
afterEach(() => project.remove());

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

it('runs checks, tests and every acceptance script, and prints the totals at the end', async () => {
  project.file('test/acceptance/one.sh', 'echo "ok 1 - plan"\necho "ok 2 - publish"\n');
  project.file('test/acceptance/two.sh', 'true\n');
  const run = await project.run('scripts/test');
  expect([run.status, lastLine(run.stdout)]).toEqual([0, '11 passed, 0 failed']);
  expect(run.stdout).not.toContain('stdin has');
});

it('runs the acceptance scripts parallel to the tests, and prints the complete output of each after them', async () => {
  project.program('bin/vitest', `${vitest(7, 0).replace('exit 0', 'until [ -e began ]; do :; done')}`);
  project.file('test/acceptance/one.sh', ': >began\necho "ok 1 - plan"\necho "a line to stderr" >&2\n');
  project.file('test/acceptance/two.sh', 'echo "ok 1 - cleanup"\n');
  const { stdout } = await project.run('scripts/test');
  expect(stdout.slice(stdout.indexOf('\n== tests'))).toBe(
    '\n== tests\n\n== one\nok 1 - plan\na line to stderr\n\n== two\nok 1 - cleanup\n\n10 passed, 0 failed\n',
  );
});

it.each<[string, () => unknown, string]>([
  ['the checks', () => project.program('bin/npm', '#!/bin/bash\nexit 1\n'), '7 passed, 1 failed'],
  ['a test', () => project.program('bin/vitest', vitest(6, 1)), '7 passed, 1 failed'],
  ['vitest itself', () => project.program('bin/vitest', '#!/bin/bash\nexit 1\n'), '1 passed, 1 failed'],
  [
    'an acceptance script',
    () => project.file('test/acceptance/one.sh', 'echo "ok 1"\nexit 3\n'),
    '9 passed, 1 failed',
  ],
])('fails if %s fails, after everything else has run', async (_, spoil, totals) => {
  spoil();
  const run = await project.run('scripts/test');
  expect([run.status, lastLine(run.stdout)]).toEqual([1, totals]);
});

it.each<[Record<string, string>, string]>([
  [{ CI: 'true' }, 'true true'],
  [{}, 'true false'],
])('lets no judge of the sandbox be skipped in CI: %o', async (environment, seen) => {
  project.program('bin/vitest', '#!/bin/bash\necho "CI and judges: $CI $GOPACKGO_JUDGES_NEEDED"\n');
  const run = await project.run('scripts/test', [], environment);
  expect(run.stdout).toContain(`CI and judges: ${seen}\n`);
});

it('says at the end which judges ran', async () => {
  const verdict = '{"judge":"moto","skipped":"no python3"}';
  project.program('bin/vitest', vitest(7, 0).replace('exit 0', `echo '${verdict}' >>"$GOPACKGO_JUDGES"`));
  const run = await project.run('scripts/test');
  expect(run.stdout).toMatch(/\njudge: moto: SKIPPED: no python3\n\n.*passed, 0 failed\n$/);
});

it('stops if set-up fails', async () => {
  project.program('scripts/setup', '#!/bin/bash\nexit 1\n');
  expect(await project.run('scripts/test')).toMatchObject({ status: 1, stdout: '' });
});
