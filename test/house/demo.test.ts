import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProjectCopy, projectCopy } from './project-copy.ts';

let project: ProjectCopy;

const readme = `# A system

\`\`\`sh rehearsal
gopackgo publish web@1 --sandbox --yes
gopackgo status web@1 --sandbox
gopackgo cleanup web --sandbox --yes
\`\`\`

\`\`\`sh
gopackgo publish other
\`\`\`
`;

beforeEach(() => {
  project = projectCopy(['basename', 'bash', 'dirname', 'sed']);
  project.program('scripts/setup', '#!/bin/bash\n');
  project.program('scripts/gopackgo', '#!/bin/bash\necho "in $(basename "$PWD"): $*"\n');
  for (const system of ['bilder', 'web']) project.file(`examples/${system}/README.md`, readme);
});
afterEach(() => project.remove());

it('publishes configs/official.json if no system is named', async () => {
  const { status, stdout } = await project.run('scripts/demo');
  expect([status, stdout]).toEqual([
    0,
    'in a project: publish official --sandbox --sandbox-account scripts/demo-account.json --yes\n',
  ]);
});

it('runs the commands of a system’s README in its folder, up to the first status command', async () => {
  const { status, stdout } = await project.run('scripts/demo', ['web']);
  expect([status, stdout.split('\n').filter((line) => line.startsWith('in '))]).toEqual([
    0,
    ['in web: publish web@1 --sandbox --yes', 'in web: status web@1 --sandbox'],
  ]);
});

it('stops at a command that fails', async () => {
  project.program('scripts/gopackgo', '#!/bin/bash\necho "in $(basename "$PWD"): $*"\nexit 4\n');
  const { status, stdout } = await project.run('scripts/demo', ['web']);
  expect([status, stdout.match(/^in /gm)]).toEqual([4, ['in ']]);
});

it.each([
  [['wab'], 'expected nothing, or one of bilder web; found wab.'],
  [['web', 'bilder'], 'expected nothing, or one of bilder web; found 2 words.'],
  [['bilder'], 'bilder is deployed by PyInfra, which is not on PATH.'],
])('does not start for %j', async (words, said) => {
  const { status, stdout, stderr } = await project.run('scripts/demo', words);
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(`demo: ${said}`)]);
});

it('starts bilder if PyInfra is installed', async () => {
  project.program('bin/pyinfra', '#!/bin/bash\n');
  expect((await project.run('scripts/demo', ['bilder'])).status).toBe(0);
});
