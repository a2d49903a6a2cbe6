import { execFileSync, spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'jsonc-parser';
import { expect } from 'vitest';
import {
  type Call,
  cleanEnvironment,
  endOf,
  newProject,
  type Project,
  type Run,
  type RunningSandbox,
} from '../e2e/project.ts';
import { blocksOf, namesIn, proseOf, root } from '../house/markdown.ts';
import { chance } from '../support/chance.ts';
import { isDryRun } from '../support/dry-run.ts';

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
  /** A command as it is written, with `--sandbox`. */
  rehearse(command: string): Promise<Run>;
  /** A command of the reader's own, which meets the sandbox as if it were AWS. */
  run(command: string, environment?: Record<string, string>): Promise<Run>;
  /** All calls of the rehearsal but dry runs: the sandbox itself shows only the latest. */
  calls(): Call[];
  /** The actions of IAM that allow all calls, dry runs too; who is asking needs none. */
  actions(): string[];
  /** All that was run on builders, and all that was uploaded to them. */
  onBuilders(): { commands: string[]; files: string[] };
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
  /** Its provisioners run on this machine. */
  runsLocal?: boolean;
}

export async function openExample(
  system: string,
  { calls: callsOfPublish, smaller = [], environment = {}, runsLocal = false }: Options,
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

  const allCalls = () => linesOf<Call>(project.path('.gopackgo/sandbox/state/calls.ndjson'));
  const calls = () => allCalls().filter((call) => !isDryRun(call));

  function start(command: string, more: Record<string, string> = {}) {
    const child = spawn('bash', ['-c', `${assignments}\nexec ${command}`], {
      cwd: project.folder,
      env: { ...variables, ...more },
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
    const moment = 1 + random.below(callsOfPublish);
    const before = calls().length;
    const { child, ended } = start(command);
    let over = false;
    void ended.then(() => {
      over = true;
    });
    for (let waits = 0; waits < 2_400 && !over; waits++) {
      if (calls().length - before >= moment) break;
      await sleep(50);
    }
    child.kill('SIGKILL');
    if (random.percent(50)) await killPackers(project);
    const { exit } = await ended;
    expect(exit, `${command} was to be killed at its call ${moment}, seed ${seed}`).toBe(null);
  }

  let next = 0;
  let wasKilled = false;
  const instances = project.path('.gopackgo/sandbox/state/instances');
  return {
    project,
    sandbox,
    rehearse(command) {
      const [, ...words] = wordsOf(command);
      const local = runsLocal && withProvisioners.includes(words[0] ?? '') ? ['--run-local'] : [];
      return project.run([...words, '--sandbox', ...local], { PATH: variables.PATH });
    },
    run: (command, more = {}) => start(command, { ...sandbox.environment, ...more }).ended,
    calls,
    actions: () =>
      [...new Set(allCalls().map(actionOf))].filter((action) => action !== 'sts:GetCallerIdentity'),
    onBuilders: () => ({
      commands: globSync('*/commands.ndjson', { cwd: instances }).flatMap((file) =>
        linesOf<{ command: string }>(join(instances, file)).map(({ command }) => command),
      ),
      files: globSync('*/files/**', { cwd: instances }).map((file) => file.replace(/^.*?\/files(?=\/)/, '')),
    }),
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

/**
 * Runs a command of a README's text or tables in the rehearsal, where nobody can be asked: it does its work, or shows what it would
 * do and wants to be told so. `--debug` wants a terminal.
 */
export async function expectToRun({ rehearse }: Example, command: string): Promise<void> {
  const { exit, stdout, stderr } = await rehearse(command);
  const wantsPerson = /there is no terminal to ask|expected a terminal/.test(stderr);
  expect(exit === 0 || wantsPerson, `${command}: ${exit}\n${stdout}\n${stderr}`).toBe(true);
}

/** What a shell makes of a command. */
const wordsOf = (command: string): string[] =>
  execFileSync('bash', ['-c', `printf '%s\\0' ${command}`], { env: { TAG: 'v1.4.0' }, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

/** Commands that look at, or run, provisioners. */
const withProvisioners = ['plan', 'doctor', 'publish'];

/** The commands that a README's text and tables name, each once, but for those that its rehearsal runs with another version. */
export function namedCommands(system: string): string[] {
  const readme = `examples/${system}/README.md`;
  const alike = (command: string) =>
    command.replace(/@\S+| --(?:sandbox-account \S+|sandbox|run-local|yes)\b/g, '');
  const rehearsed = new Set(commandsOf(readme)[1].map(alike));
  const named = namesIn(proseOf(readme)).filter((name) => /^gopackgo \w+ \S/.test(name));
  return [...new Set(named)].filter((command) => !rehearsed.has(alike(command)));
}

const actionOf = ({ service, operation }: Call): string =>
  operation === 'ListBuckets'
    ? 's3:ListAllMyBuckets'
    : `${service.replace('service-quotas', 'servicequotas')}:${operation}`;

const linesOf = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

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
