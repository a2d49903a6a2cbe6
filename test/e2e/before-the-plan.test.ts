import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultActs } from './faults.ts';
import { cleanEnvironment, newProject, type Project, program, type RunningSandbox } from './project.ts';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

describe('a signal before the plan exits with status 130 and says why', () => {
  const words = 'Interrupted before anything was started: nothing was changed.\n';

  it.each([
    ['publish', 'SIGINT'],
    ['publish', 'SIGTERM'],
    ['plan', 'SIGINT'],
    ['status', 'SIGHUP'],
  ] as const)('%s, %s', async (command, signal) => {
    await sandbox.addFaults([{ on: 'ec2:DescribeRegions', times: 1, does: { delay: 60_000 } }]);
    const yes = command === 'publish' ? ['--yes'] : [];
    const running = project.start([command, 'test-ebs', '--sandbox', ...yes, '--json']);
    await faultActs(sandbox);
    running.child.kill(signal);
    const { exit, stdout, stderr } = await running.ended;
    expect([exit, stderr]).toEqual([130, words]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'refused', code: 'interrupted', exit: 130 });
  });
});

it.each([['plan', 'test-ebs'], ['--help']])(
  '%j in a deleted working folder says so, without a stack trace',
  async (...words) => {
    const command = `mkdir gone && cd gone && rmdir ../gone && exec '${process.execPath}' '${program}' ${words.join(' ')}`;
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: project.folder,
      env: cleanEnvironment(project.folder),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const [exit] = await once(child, 'close');
    if (words[0] === '--help') expect([exit, stderr]).toEqual([0, '']);
    else
      expect([exit, stderr]).toEqual([
        4,
        expect.stringMatching(/^working folder: expected .*, found none.*\n$/),
      ]);
  },
);

it.each(['20.20.2', '22.17.1'])(
  'with Node %s, which is too old, prints two lines and loads nothing else',
  async (version) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
    const recorder = new URL('loaded-modules.mjs', import.meta.url).href;
    const list = project.path(`loaded-${version}`);
    const run = await project.run(['--version'], {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(pretend)} --import ${recorder}`,
      LOADED_MODULES: list,
    });
    expect([run.exit, run.stdout]).toEqual([4, '']);
    expect(run.stderr.split('\n')).toEqual([
      `gopackgo needs Node.js 22.18 or newer; this is ${version}.`,
      expect.stringContaining('Install'),
      '',
    ]);
    const loaded = (await readFile(list, 'utf8')).trimEnd().split('\n');
    expect(loaded.filter((url) => url.includes('/dist/'))).toEqual([
      expect.stringMatching(/\/dist\/src\/bin\.js$/),
    ]);
  },
);
