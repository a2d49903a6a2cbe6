import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire, enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Behaviour, Fault } from '../../sandbox/index.ts';
import { type Clients, connect } from '../../src/aws/connection.ts';
import { isDryRun } from '../support/dry-run.ts';
import { mayRunHere, runHere } from './in-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Hundreds of runs load the same modules: compiled once, each run takes a seventh less CPU time. */
export const compiled = join(root, 'node_modules/.cache/compiled');
enableCompileCache(compiled);
/** The built command line. */
export const program = join(root, 'dist/src/bin.js');

export interface Run {
  exit: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Run>;
}

export interface RunningSandbox {
  environment: Record<string, string>;
  clients: Clients;
  /** A request to its control endpoint, below `/_sandbox/`. Throws if it is refused. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  addFaults(faults: Fault[]): Promise<void>;
  /** All but dry runs, which change nothing. */
  calls(): Promise<Call[]>;
  dryRuns(): Promise<Call[]>;
  stop(): Promise<void>;
}

export interface Call {
  service: string;
  operation: string;
  region: string;
  account: string;
  userAgent: string;
  status: number;
  error?: string;
  input: Record<string, unknown>;
  requestId: string;
}

/** A separate folder with the project's configs, in which the built command line is run as a user would. */
export interface Project {
  folder: string;
  /** Runs a command to its end: in this process if that makes no difference, since starting one takes longer than most commands. */
  run(words: string[], environment?: Record<string, string>): Promise<Run>;
  /** Starts it in a separate process. */
  start(words: string[], environment?: Record<string, string>): Started;
  sandbox(faults?: Fault[], settings?: Behaviour): Promise<RunningSandbox>;
  config(name: string, change: (config: Record<string, unknown>) => void): Promise<void>;
  path(...parts: string[]): string;
  remove(): Promise<void>;
}

/** Without credentials, profile and region of whoever runs the tests. */
export function cleanEnvironment(folder: string): Record<string, string> {
  const { PATH = '' } = process.env;
  return {
    PATH: `${join(root, 'node_modules/.bin')}:${PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    NODE_COMPILE_CACHE: compiled,
    AWS_EC2_METADATA_DISABLED: 'true',
    // An outage that does not end is reported after seconds. Tests of repeated calls set it themselves.
    GOPACKGO_RETRY_FOR: '0s',
    ...(process.env.PACKER ? { PACKER: process.env.PACKER } : {}),
    ...(process.env.PACKER_PLUGIN_PATH ? { PACKER_PLUGIN_PATH: process.env.PACKER_PLUGIN_PATH } : {}),
  };
}

/** The output of a child process until it ends, and its exit status. */
export async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Run> {
  const run: Run = { exit: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    run.stderr += text;
  });
  const [exit] = await once(child, 'close');
  return { ...run, exit: exit as number | null };
}

/** `like` another project, with everything that was published in it, or another folder; no sandbox must run there. */
export async function newProject(like?: Pick<Project, 'folder'>): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'gopackgo test '));
  const isShared = (path: string) => basename(path) !== 'local.json';
  if (like) await cp(like.folder, folder, { recursive: true });
  else await cp(join(root, 'configs'), join(folder, 'configs'), { recursive: true, filter: isShared });
  const closing: (() => Promise<void>)[] = [];
  const start = (words: string[], environment: Record<string, string> = {}): Started => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...cleanEnvironment(folder), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: endOf(child) };
  };
  return {
    folder,
    start,
    run: (words, environment = {}) =>
      mayRunHere(words, environment)
        ? runHere(words, { folder, environment: { ...cleanEnvironment(folder), ...environment } })
        : start(words, environment).ended,
    path: (...parts) => join(folder, ...parts),
    async sandbox(faults = [], settings = {}) {
      const sandbox = await startSandbox(folder, faults, settings);
      closing.push(sandbox.stop);
      return sandbox;
    },
    async config(name, change) {
      const { parse } = await import('jsonc-parser');
      const config = parse(await readFile(join(root, 'configs/test-ebs.json'), 'utf8'), [], {
        allowTrailingComma: true,
      });
      change(config);
      await writeFile(join(folder, 'configs', `${name}.json`), JSON.stringify(config, null, 2));
    },
    async remove() {
      for (const close of closing) await close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The built sandbox, loaded by Node itself: vitest would translate its modules again for each file. */
const built = createRequire(import.meta.url);
const builtSandbox = () =>
  built(join(root, 'dist/sandbox/index.js')) as typeof import('../../sandbox/index.ts');

/**
 * The sandbox that `gopackgo sandbox` runs, in this process: a separate process costs more than most tests with it. Commands
 * in the project's folder join it like any other sandbox.
 */
async function startSandbox(folder: string, faults: Fault[], settings: Behaviour): Promise<RunningSandbox> {
  const sandbox = await builtSandbox().startSandbox({
    folder: join(folder, '.gopackgo/sandbox/state'),
    instanceFiles: join(folder, '.gopackgo/sandbox/files'),
    behaviour: settings,
  });
  const environment = sandbox.environment();
  const ask = async (path: string, init?: RequestInit) => {
    // The sandbox may close an idle connection at the moment when it is used again.
    const headers = { connection: 'close' };
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      ...init,
      headers,
      signal: AbortSignal.timeout(120_000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const addFaults = async (more: Fault[]) => {
    await ask('faults', { method: 'POST', body: JSON.stringify(more) });
  };
  const allCalls = async () => ((await (await ask('calls')).json()) as { calls: Call[] }).calls;
  await addFaults(faults);
  return {
    environment,
    ask,
    // A call that keeps failing is an error of the test, to be reported at once rather than repeated until the test times out.
    clients: connect({ endpoint: 'sandbox:test', environment, repeatLimit: 0 }),
    addFaults,
    calls: async () => (await allCalls()).filter((call) => !isDryRun(call)),
    dryRuns: async () => (await allCalls()).filter(isDryRun),
    stop: sandbox.close,
  };
}

/** Waits for something to become true, at most 60 s. */
export async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await check()) return;
    await sleep(100);
  }
  throw new Error(`waited 120 s for: ${what}`);
}
