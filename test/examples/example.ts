import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'jsonc-parser';
import { expect } from 'vitest';
import { cleanEnvironment, endOf, newProject, type Project, type RunningSandbox } from '../e2e/project.ts';
import { blocksOf, root } from '../house/markdown.ts';
import { chance } from '../support/chance.ts';

/** Whether examples are rehearsed whole: in CI in their smallest form. */
export const isWhole = process.env.GOPACKGO_EXAMPLES === 'whole';

/** Another seed kills at another moment. */
const seed = Number(process.env.GOPACKGO_EXAMPLES_SEED ?? 1);

/** A copy of one of `examples/`, in which the commands of its README are run as a reader would. */
export interface Example {
  project: Project;
  sandbox: RunningSandbox;
  /**
   * Runs the README's next commands, up to the first that matches, or all that are left; each has to end with 0. The first
   * `publish` is killed at a moment that the seed chooses, and run again.
   */
  runTo(end?: RegExp): Promise<void>;
  /** What the last command that matches wrote to stdout. */
  printed(command: RegExp): string;
  /** A file that a rehearsal wrote in place of `path`. */
  recorded(path: string): Promise<string>;
  close(): Promise<void>;
}

export interface Options {
  /** How many calls a first `publish` makes at least: it is killed after fewer. */
  calls: number;
  /** Makes a config smaller, in CI. */
  smaller?: { file: string; change: (config: Record<string, unknown>) => void }[];
  environment?: Record<string, string>;
}

export async function openExample(
  system: string,
  { calls, smaller = [], environment = {} }: Options,
): Promise<Example> {
  const project = await newProject({ folder: join(root, 'examples', system) });
  await rm(project.path('.gopackgo'), { recursive: true, force: true });
  for (const { file, change } of isWhole ? [] : smaller) await rewrite(project.path(file), change);
  const sandbox = await project.sandbox();
  const { PATH = '', ...clean } = cleanEnvironment(project.folder);
  const variables = {
    ...clean,
    PATH: [...(environment.PATH ? [environment.PATH] : []), join(root, 'scripts'), PATH].join(':'),
  };
  const [assignments, commands] = commandsOf(`examples/${system}/README.md`);
  const ran: { command: string; stdout: string }[] = [];

  function start(command: string) {
    const child = spawn('bash', ['-c', `${assignments}\nexec ${command}`], {
      cwd: project.folder,
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: endOf(child) };
  }

  async function succeeds(command: string) {
    const { exit, stdout, stderr } = await start(command).ended;
    expect(exit, `${command}\n${stdout}\n${stderr}`).toBe(0);
    ran.push({ command, stdout });
  }

  /** SIGKILL to gopackgo, and every other time to its Packers too. */
  async function isKilled(command: string) {
    const random = chance(seed + system.length);
    const moment = 1 + random.below(calls);
    const before = (await sandbox.calls()).length;
    const { child, ended } = start(command);
    let over = false;
    void ended.then(() => {
      over = true;
    });
    for (let waits = 0; waits < 2_400 && !over; waits++) {
      if ((await sandbox.calls()).length - before >= moment) break;
      await sleep(50);
    }
    child.kill('SIGKILL');
    if (random.percent(50)) await killPackers(project);
    const { exit } = await ended;
    expect(exit, `${command} was to be killed at its call ${moment}, seed ${seed}`).toBe(null);
  }

  let next = 0;
  let wasKilled = false;
  return {
    project,
    sandbox,
    async runTo(end) {
      for (; next < commands.length; next++) {
        const command = commands[next] ?? '';
        if (end?.test(command)) return;
        if (!wasKilled && /^gopackgo publish\b/.test(command)) {
          wasKilled = true;
          await isKilled(command);
        }
        await succeeds(command);
      }
      if (end) throw new Error(`${system}: no command of the README matches ${end}`);
    },
    printed: (command) => ran.findLast((one) => command.test(one.command))?.stdout ?? '',
    recorded: (path) => readFile(project.path('.gopackgo/sandbox', path.replaceAll('/', '%2F')), 'utf8'),
    async close() {
      await killPackers(project);
      await project.remove();
    },
  };
}

/** The block `sh rehearsal` of a README: its assignments, and its commands. */
function commandsOf(document: string): [assignments: string, commands: string[]] {
  const block = blocksOf(document).find(({ info }) => info === 'sh rehearsal');
  if (!block) throw new Error(`${document}: expected a block "sh rehearsal"`);
  const lines = block.text.replaceAll('\\\n', '').trim().split('\n');
  const isCommand = (line: string) => line.startsWith('gopackgo ');
  return [lines.filter((line) => !isCommand(line)).join('\n'), lines.filter(isCommand)];
}

async function rewrite(file: string, change: (config: Record<string, unknown>) => void): Promise<void> {
  const config = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true });
  change(config);
  await writeFile(file, JSON.stringify(config, null, 2));
}

async function killPackers(project: Project): Promise<void> {
  for (const file of globSync(project.path('.gopackgo/sandbox/releases/*/attempts/*/*/pid'))) {
    try {
      process.kill(-Number(await readFile(file, 'utf8')), 'SIGKILL');
    } catch {
      // It had ended, or its number was not written yet.
    }
  }
}
