import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { inputFiles, inputProblems } from '../../src/plan/input-files.ts';
import { publication } from './a-publication.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gopackgo inputs '));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  for (const name of [
    'configs/web.json',
    'configs/tasks/a.py',
    'configs/tasks/README.md',
    'deploy/app.py',
    'deploy/.env',
    'deploy/docs/NOTES.md',
    'deploy/.git/HEAD',
    'Makefile',
  ]) {
    mkdirSync(join(made, dirname(name)), { recursive: true });
    writeFileSync(join(made, name), name);
  }
  symlinkSync('..', join(made, 'deploy/up'));
  return join(made, 'configs');
}

it.each<[inputs: string[], files: string[]]>([
  [['tasks/**'], ['tasks/README.md', 'tasks/a.py']],
  [['./tasks'], ['tasks/README.md', 'tasks/a.py']],
  [['**', '!**/*.md', '!web.json'], ['tasks/a.py']],
  [
    ['../deploy/*', '../Makefile'],
    ['../Makefile', '../deploy/.env', '../deploy/app.py'],
  ],
  [['../deploy/**/*.{py,md}', '!../deploy/up/**', '!**/docs'], ['../deploy/app.py']],
])('%j', (inputs, files) => {
  expect(inputFiles({ inputs, folder: folder() })).toEqual(files);
});

it('refuses a pattern that matches nothing, with its place', () => {
  const wrong = publication({ folder: folder(), inputs: ['task/**', '!**/*.nothing', 'tasks/*'] });
  expect(inputProblems(wrong)).toMatchObject([
    { place: 'inputs[0]', expected: 'a pattern that matches a file', found: '"task/**", which matches none' },
  ]);
});

it('refuses a pattern all of whose files are left out', () => {
  const wrong = publication({ folder: folder(), inputs: ['../deploy/*.py', '../Makefile', '!**/*.py'] });
  expect(inputProblems(wrong)).toMatchObject([
    { place: 'inputs[0]', found: '"../deploy/*.py", all of whose files a pattern with "!" excludes' },
  ]);
});

it('refuses patterns that only exclude files: nothing would be covered', () => {
  const wrong = publication({ folder: folder(), inputs: ['!**/*.md'] });
  expect(inputProblems(wrong)).toMatchObject([
    { place: 'inputs', found: 'only patterns with "!", which exclude files' },
  ]);
});
