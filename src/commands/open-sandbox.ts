import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../../sandbox/index.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import type { Problem } from '../lib/problem.ts';
import { refuseProblems } from '../lib/refuse-problems.ts';
import type { SettingsFile } from './json-file.ts';
import type { SandboxSpeed } from './release-arguments.ts';

/** A sandbox that is running, started here or found. */
export interface OpenSandbox {
  id: string;
  url: string;
  /** For processes that are to use it instead of AWS, and nothing else. */
  environment: Record<string, string>;
  /** All its accounts, with the made-up key of each; the first one is its own. */
  accounts: readonly { id: string; accessKeyId: string; secretAccessKey: string }[];
  /** For how long it may not show what is new, in milliseconds, by its settings when it is opened. */
  consistencyLag: number;
  /** Ends it if it was started here. */
  close(): Promise<void>;
}

/** Where the state of sandboxes is kept, below the working folder. */
export const sandboxFolder = (cwd: string): string => join(cwd, '.gopackgo', 'sandbox');

const stateFolder = (cwd: string) => join(sandboxFolder(cwd), 'state');

/** Files that every instance starts with; the user's own, so a reset keeps them. */
const instanceFiles = (cwd: string) => join(sandboxFolder(cwd), 'files');

export const sandboxReleases = (cwd: string): string => join(sandboxFolder(cwd), 'releases');

/** The one place that loads the embedded AWS. */
const load = () => import('../../sandbox/index.ts');

export interface OpenOptions {
  /** Of one that is running. */
  url: string | undefined;
  speed: SandboxSpeed | undefined;
  /** A settings file, which it uses from now on. */
  settings: SettingsFile | undefined;
}

/**
 * The sandbox of this folder: the one at `url`, else the one that is running, else one started in this process. One that is
 * running keeps its speed unless another is given; one that is started is quick. The settings of its accounts are part of its
 * state.
 */
export function openSandbox(cwd: string, { url, speed, settings }: OpenOptions): Promise<OpenSandbox> {
  return withSandboxErrors(async () => {
    const behaviour = {
      ...(settings === undefined ? {} : await behaviourOf(settings)),
      ...definedOnly({ speed }),
    };
    const { callSandbox, connectSandbox } = await load();
    const running = url === undefined ? undefined : await connectSandbox(url);
    const opened = running ?? (await findOrStart(cwd, behaviour));
    if (!('closed' in opened)) {
      if (Object.keys(behaviour).length === 0) return { ...opened, close: async () => undefined };
      await callSandbox(opened.url, 'POST', '/_sandbox/settings', behaviour);
      return { ...(await connectSandbox(opened.url)), close: async () => undefined };
    }
    return {
      id: opened.id,
      url: opened.url,
      environment: opened.environment(),
      accounts: opened.accounts,
      consistencyLag: opened.consistencyLag,
      close: () => opened.close(),
    };
  });
}

/**
 * Another command in this folder that starts its sandbox at the same time has it ready in a second or two, unless the machine is
 * overloaded. Milliseconds.
 */
const startLimit = 60_000;
const betweenTries = 250;

async function findOrStart(cwd: string, behaviour: Behaviour) {
  const { findSandbox, startSandbox, SandboxError } = await load();
  const folder = stateFolder(cwd);
  for (let waited = 0; ; waited += betweenTries) {
    const running = await findSandbox(folder);
    if (running) return running;
    try {
      return await startSandbox({ folder, instanceFiles: instanceFiles(cwd), behaviour });
    } catch (error) {
      const isInUse = error instanceof SandboxError && error.why === 'in use';
      if (!isInUse || waited >= startLimit) throw error;
    }
    await sleep(betweenTries);
  }
}

export interface ServeOptions {
  /** Content of a fault script. */
  faults?: unknown;
  settings?: SettingsFile;
  /** Overrides that of the settings. */
  speed?: SandboxSpeed;
  port?: number;
  log(message: string): void;
}

/**
 * Start the sandbox of this folder for other processes. `exports` are lines for a shell that lead through the proxy,
 * `endpointExports` those for tools that take an endpoint URL.
 */
export function serveSandbox(cwd: string, { faults, settings, speed, port, log }: ServeOptions) {
  return withSandboxErrors(async () => {
    const { asExports, startSandbox } = await load();
    const behaviour = {
      ...(settings === undefined ? {} : await behaviourOf(settings)),
      ...definedOnly({ speed }),
    };
    const sandbox = await startSandbox({
      behaviour,
      folder: stateFolder(cwd),
      instanceFiles: instanceFiles(cwd),
      ...(faults === undefined ? {} : { faults: await readFaults(faults) }),
      ...definedOnly({ port }),
      log,
    });
    const { url, closed, accounts } = sandbox;
    return {
      url,
      closed,
      accounts,
      exports: asExports(sandbox.environment()),
      endpointExports: asExports(sandbox.endpointEnvironment()),
      close: () => sandbox.close(),
    };
  });
}

async function readFaults(script: unknown) {
  const { parseFaults } = await import('../../sandbox/server/fault-script.ts');
  try {
    return parseFaults(script);
  } catch (error) {
    throw new ActionableError(
      'sandbox-file-invalid',
      `--faults: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What is wrong with settings, each with its place; nothing where a sandbox would take them. */
export async function settingsProblems(content: unknown): Promise<readonly Problem[]> {
  const { parseBehaviour, SettingsError } = await import('../../sandbox/server/settings-file.ts');
  try {
    parseBehaviour(content);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

async function behaviourOf({ file, content }: SettingsFile): Promise<Behaviour> {
  const { parseBehaviour, SettingsError } = await import('../../sandbox/server/settings-file.ts');
  try {
    return parseBehaviour(content);
  } catch (error) {
    if (error instanceof SettingsError) refuseProblems(file, error.problems, 'sandbox-file-invalid');
    throw error;
  }
}

/** Deletes the state of this folder's sandbox, running or not, and the folders of the releases made in it. */
export function forgetSandbox(cwd: string): Promise<void> {
  return withSandboxErrors(async () => {
    const { callSandbox, findSandbox } = await load();
    const running = await findSandbox(stateFolder(cwd));
    if (running) await callSandbox(running.url, 'POST', '/_sandbox/reset');
    else await rm(stateFolder(cwd), { recursive: true, force: true });
    await rm(sandboxReleases(cwd), { recursive: true, force: true });
    await removeRecordedIds(cwd);
  });
}

/** The rehearsals' copies of ids files: every file here. The AMIs that they name no longer exist. */
async function removeRecordedIds(cwd: string): Promise<void> {
  const folder = sandboxFolder(cwd);
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const file of found.filter((one) => one.isFile())) await rm(join(folder, file.name), { force: true });
}

async function withSandboxErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'SandboxError') {
      const isUsage = 'why' in error && error.why === 'no address';
      throw new ActionableError(isUsage ? 'sandbox-not-found' : 'sandbox-failed', error.message);
    }
    // On a read-only file system Node reports ENOENT for a folder that it cannot create.
    if (errorCode(error) !== undefined && 'path' in error) {
      throw new ActionableError('folder-unwritable', {
        place: 'The sandbox cannot keep its state',
        expected: 'a folder that can be written',
        found: error.message,
        advice: 'Free some space, fix its permissions, or run gopackgo in another folder.',
      });
    }
    throw error;
  }
}
