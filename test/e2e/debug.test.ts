import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment, newProject, type Project, program, until } from './project.ts';
import { stateOf } from './state.ts';

const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const enter = '\r';
const ctrlC = '\x03';
/** Current Packer also pauses before each provisioner, with a space before the full stop. */
const pauses =
  /Pausing (?:(?:after run|before cleanup) of step '(\w+)'|before the next provisioner) ?\. Press enter to continue\./g;

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/**
 * Runs in a terminal of its own (util-linux' script), where somebody answers each of Packer's pauses, identified by its step
 * and the number of pauses so far: with the typed text, or with nothing for now.
 */
function atTerminal(words: string[], answer: (step: string, count: number) => Promise<string>) {
  const quoted = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols 200; ${quoted}`, '/dev/null'], {
    cwd: project.folder,
    env: { ...cleanEnvironment(project.folder), TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let answered = 0;
  let turn = Promise.resolve();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    turn = turn.then(async () => {
      for (const [, step = ''] of [...screen.matchAll(pauses)].slice(answered)) {
        answered++;
        child.stdin.write(await answer(step, answered));
      }
    });
  });
  return once(child, 'close').then(async ([exit]) => {
    await turn;
    return { exit: exit as number, screen, answered };
  });
}

const key = () => project.path(`configs/ec2_${noble}.pem`);
const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

describe.runIf(process.platform === 'linux')('--debug, in a terminal', () => {
  it('pauses where Packer does, one build after another, and ends like any other run', async () => {
    const sandbox = await project.sandbox();
    let sawKey = false;
    let alive = '';
    const run = await atTerminal(['publish', 'test-ebs', '--sandbox', '--yes', '--debug'], async (step) => {
      if (step === 'StepConnect') {
        sawKey ||= await isThere(key());
        alive ||= (await project.run(['status', 'test-ebs', '--sandbox', '--json'])).stdout;
      }
      return enter;
    });
    expect(run.exit, run.screen).toBe(0);
    expect(run.answered).toBeGreaterThan(2 * 20);
    const named = [
      ...run.screen.matchAll(
        /Debug mode enabled|AMIs were created|(us-east-1-2[24]04-hvm) {2}attempt 1 of 1/g,
      ),
    ];
    expect(named.map(([text, target]) => target ?? text)).toEqual([
      jammy,
      'Debug mode enabled',
      'AMIs were created',
      noble,
      'Debug mode enabled',
      'AMIs were created',
    ]);
    expect(JSON.parse(alive).targets).toMatchObject([
      { status: 'building', why: expect.stringContaining('this host') },
      {},
    ]);
    expect(run.screen).toContain('2 of 2 verified');
    expect(sawKey).toBe(true);
    expect(globSync(project.path('configs/*.pem'))).toEqual([]);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis.map(({ state }) => state)).toEqual(['available', 'available']);
    expect(leftovers).toEqual([]);
    const [attempt] = globSync(project.path('.gopackgo/sandbox/releases/*/attempts/*/1'));
    expect(await readFile(`${attempt}/log`, 'utf8')).toBe('Packer wrote to the terminal (--debug).\n');
    expect(await readFile(`${attempt}/pid`, 'utf8')).toMatch(/^\d+\n$/);
  });

  it('after Ctrl-C during a pause lets Packer clean up, starts nothing else, and exits with 130', async () => {
    const sandbox = await project.sandbox();
    const run = await atTerminal(['publish', 'test-ebs', '--sandbox', '--yes', '--debug'], async (step) =>
      step === 'StepRunSourceInstance' ? ctrlC : enter,
    );
    expect(run.exit, run.screen).toBe(130);
    expect(run.screen).toContain('Cleanly cancelled builds after being interrupted.');
    expect(run.screen.match(/attempt 1 of 1 starts/g)).toHaveLength(1);
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
    expect(globSync(project.path('configs/*.pem'))).toEqual([]);
  });

  it('after Packer is killed during a pause removes and reports the key file and everything in AWS that it left', async () => {
    const sandbox = await project.sandbox();
    const run = await atTerminal(
      ['publish', 'test-ebs', '--sandbox', '--yes', '--debug', '--only', noble],
      async (step) => {
        if (step !== 'StepRunSourceInstance') return enter;
        const [file = ''] = globSync(project.path('.gopackgo/sandbox/releases/*/attempts/*/1/pid'));
        process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL');
        return enter;
      },
    );
    expect(run.exit, run.screen).toBe(1);
    expect(run.screen).toContain(
      `ec2_${noble}.pem: Packer left the builder's private key there; gopackgo removed it`,
    );
    expect(await isThere(key())).toBe(false);
    await until(
      'the leftovers of Packer to be gone',
      async () => (await stateOf(sandbox.clients)).leftovers.length === 0,
    );
  });
});

it('--debug without a terminal is refused, and nothing is started', async () => {
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--debug']);
  expect(run.exit).toBe(2);
  expect(run.stderr).toContain('--debug: expected a terminal');
});
