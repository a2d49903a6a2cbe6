import { expect, it } from 'vitest';
import { localScriptProblems } from '../../src/plan/local-script-problems.ts';
import { publication } from './a-publication.ts';

const problems = (folder: string, options: Record<string, string | string[]>, type = 'shell-local') =>
  localScriptProblems(publication({ folder, provisioners: [{ type, ...options }] })).map(
    ({ place }) => place,
  );

it('a script of shell-local must have a path that sh reads as one word', () => {
  expect(problems('/my images/configs', { script: 'deploy.sh' })).toEqual(['provisioners[0].script']);
  expect(problems('/images/configs', { scripts: ['../{image}/a-1.sh', 'it’s.sh', '$b.sh'] })).toEqual([
    'provisioners[0].scripts[1]',
    'provisioners[0].scripts[2]',
  ]);
});

it('any path is accepted if the config sets the command, if it is no file, and on a builder', () => {
  const quoted = ['/bin/sh', '-c', "{{.Vars}} '{{.Script}}'"];
  expect(problems('/my images', { script: 'deploy.sh', execute_command: quoted })).toEqual([]);
  expect(problems('/my images', { inline: ['./deploy.sh'] })).toEqual([]);
  expect(problems('/my images', { script: 'deploy.sh' }, 'shell')).toEqual([]);
});
