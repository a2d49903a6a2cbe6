import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, statfs, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import { ownMode } from '../lib/own-files.ts';
import { signalGroup, signalProcess } from '../lib/signal-group.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import { isAttemptId } from '../model/attempt-tag.ts';
import { type AttemptRecord, type AttemptResult, attemptFiles } from './attempts.ts';
import { processesOfGroup } from './process-table.ts';

export interface AttemptOrder {
  /** Letters, digits, `_` and `-`; together with the process id it becomes the builder's tag `gopackgo:attempt`. */
  id: string;
  target: string;
  /** Packer's name of the target's build: `amazon-ebs.us-east-1-2204-hvm`. */
  build: string;
  release: string;
  recipe: string;
  /** As in the tag `gopackgo:base`. */
  base: string;
  /** As in the tag `gopackgo:commit`. */
  commit?: string;
  /** Path of the program. */
  packer: string;
  templateFile: string;
  /** Where Packer runs: the config's folder, since relative paths in it start there. */
  cwd: string;
  /** Packer's complete environment; nothing else is inherited. */
  environment: Record<string, string>;
  /** `attempts/<target>/<n>`, from `claimAttemptFolder`. */
  folder: string;
  /** Milliseconds until Packer is asked to stop and clean up. */
  limitMs: number;
  /** Milliseconds until it is killed after that; the same after `stop`. */
  graceMs: number;
  /** With Packer's own pauses (`-debug`), in this process's terminal: no log, and no group of its own. */
  terminal?: boolean;
  /** Whether to kill it if the disk of its folder stays full: for rehearsals, in which nothing is lost and nothing can continue. */
  endWhenFull?: boolean;
  /** Milliseconds that Packer may be without subprocesses before it counts as hung. 60 s by default. */
  aloneMs?: number;
}

export interface RunningAttempt {
  id: string;
  target: string;
  /** Packer's process id, and that of its group. */
  pid: number;
  /** Absolute path of the log. */
  log: string;
  /** Never rejects. */
  ended: Promise<AttemptEnd>;
  /** Asks Packer to stop and clean up, which can take minutes. False if it has ended. */
  stop(): boolean;
  /** Kills it; everything it created stays behind in AWS. */
  kill(): boolean;
}

/** How Packer ended. A hint: only AWS knows whether the AMI exists. */
export interface AttemptEnd {
  exit: number | null;
  signal: NodeJS.Signals | null;
  seconds: number;
  /** Whether it was stopped because its time limit was reached. */
  timedOut: boolean;
  /** Whether it was killed because only its waiting parent process was left. */
  hung: boolean;
  /** Whether it was killed because the disk was full (`endWhenFull`). */
  outOfSpace: boolean;
  /** Why `result.json` could not be written. */
  unwritten?: string;
}

/**
 * `$$` is the process id that Packer will have, since `exec` keeps it. That way the id is on disk before Packer starts, and on
 * the builder instance from its launch. Everything variable is passed as an argument.
 *
 * Packer and its plugins inherit a lock (flock(1)), which the kernel releases when the last of them has ended, whatever killed
 * them. So another container can see that Packer has ended (`attempt-lock.ts`).
 */
const starter = [
  'set -eu',
  '(umask 077; printf "%s\\n" "$$" > "$1"; : > "$2")',
  'if command -v flock >/dev/null 2>&1; then',
  '  exec 9>"$2"',
  '  flock -n 9 || rm -f -- "$2"',
  'else',
  '  rm -f -- "$2"',
  'fi',
  'PKR_VAR_attempt="$3.$$"',
  'export PKR_VAR_attempt',
  'shift 3',
  'exec "$@"',
].join('\n');

/**
 * Starts Packer for one target, in a process group of its own, without stdin, with stdout and stderr in the log file. It does
 * not depend on this process: a Packer whose parent was killed finishes its build and cleans up (measured; with a pipe instead
 * of the file it dies at its next write and leaves everything behind). With `terminal` it is in this process group instead, so
 * that it has the terminal and gets Ctrl-C too.
 *
 * @throws if the attempt's folder can't be written or the program can't be started; nothing runs then.
 */
export async function startAttempt(
  order: AttemptOrder,
  now: () => number = Date.now,
): Promise<RunningAttempt> {
  checkOrder(order);
  const file = (name: keyof typeof attemptFiles) => resolve(order.folder, attemptFiles[name]);
  const startedAt = now();
  const record: AttemptRecord = {
    id: order.id,
    target: order.target,
    release: order.release,
    recipe: order.recipe,
    base: order.base,
    ...definedOnly({ commit: order.commit }),
    startedAt: new Date(startedAt).toISOString(),
    log: file('log'),
    ...(order.terminal ? { terminal: true } : {}),
  };
  await writeAtomically(file('record'), json(record), ownMode);
  const { pid, exited } = await spawnPacker(order, file);
  const send = order.terminal ? signalProcess : signalGroup;
  const limit = limitTime((name) => send(pid, name), order);
  const alone = order.terminal ? neverAlone : endWhenAlone(pid, order);
  let over = false;
  const ended = exited.then(async (end): Promise<AttemptEnd> => {
    over = true;
    limit.cancel();
    alone.cancel();
    // Subprocesses that outlive their leader can't finish, and the resources they create would stay unknown.
    if (!order.terminal) signalGroup(pid, 'SIGKILL');
    const endedAt = now();
    const result: AttemptResult = { ...end, endedAt: new Date(endedAt).toISOString() };
    const unwritten = await writeAtomically(file('result'), json(result), ownMode).then(
      () => undefined,
      String,
    );
    const seconds = (endedAt - startedAt) / 1000;
    return {
      ...end,
      seconds,
      timedOut: limit.reached(),
      hung: alone.found() === 'alone',
      outOfSpace: alone.found() === 'full',
      ...definedOnly({ unwritten }),
    };
  });
  const signal = (name: NodeJS.Signals) => !over && send(pid, name);
  return {
    id: order.id,
    target: order.target,
    pid,
    log: file('log'),
    ended,
    stop() {
      limit.grace();
      return signal('SIGTERM');
    },
    kill: () => signal('SIGKILL'),
  };
}

/** The log is for people: times, no colours, and secrets masked, which `-machine-readable` of 1.6.6 does not. */
function packerArguments(order: AttemptOrder): string[] {
  const only = `-only=${order.build}`;
  if (order.terminal) return ['build', '-debug', '-on-error=cleanup', only, resolve(order.templateFile)];
  return ['build', '-color=false', '-timestamp-ui', '-on-error=cleanup', only, resolve(order.templateFile)];
}

type Exit = Pick<AttemptEnd, 'exit' | 'signal'>;

async function spawnPacker(order: AttemptOrder, file: (name: keyof typeof attemptFiles) => string) {
  const log = await open(file('log'), 'ax', 0o600);
  try {
    if (order.terminal) await log.write('Packer wrote to the terminal (--debug).\n');
    const files = [file('pid'), file('lock')];
    const args = ['-c', starter, 'start-packer', ...files, order.id, order.packer, ...packerArguments(order)];
    const child = spawn('/bin/sh', args, {
      cwd: order.cwd,
      env: { ...order.environment, ...(await debugLog(order)) },
      detached: order.terminal !== true,
      // Packer's output is not a result of ours: it goes to stderr.
      stdio: order.terminal ? ['inherit', 2, 2] : ['ignore', log.fd, log.fd],
    });
    // Registered before anything is awaited: it may end at once.
    const exited = new Promise<Exit>((settle) => {
      child.once('exit', (exit, signal) => settle({ exit, signal }));
    });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error(`${order.packer} was started and has no process id`);
    return { pid: child.pid, exited };
  } finally {
    await log.close();
  }
}

/** Packer's debug log, if its environment asks for one: next to the build's log, readable only by its owner. */
async function debugLog({ environment, folder }: AttemptOrder): Promise<Record<string, string>> {
  if (environment.PACKER_LOG === undefined) return {};
  const file = resolve(folder, attemptFiles.debug);
  await writeFile(file, '', { mode: 0o600 });
  return { PACKER_LOG_PATH: file };
}

function limitTime(send: (name: NodeJS.Signals) => boolean, { limitMs, graceMs }: AttemptOrder) {
  let reached = false;
  const grace = () => {
    clearTimeout(timer);
    timer = setTimeout(() => send('SIGKILL'), graceMs);
  };
  let timer = setTimeout(() => {
    reached = true;
    send('SIGTERM');
    grace();
  }, limitMs);
  return { cancel: () => clearTimeout(timer), reached: () => reached, grace };
}

/**
 * Packer's first process only starts a second one and waits for it. If its log can't be written because the disk is full, the
 * second one dies and the first waits forever, ignoring SIGTERM (measured on 1.6.6). A running build always has processes
 * besides the leader: its plugins. While the disk is full, checking twice is enough.
 */
function endWhenAlone(pid: number, { folder, endWhenFull, aloneMs = 60_000 }: AttemptOrder) {
  const lookups = 4;
  let alone = 0;
  let full = 0;
  let found: 'alone' | 'full' | undefined;
  const timer = setInterval(async () => {
    const members = await processesOfGroup(pid).catch(() => []);
    alone = members.length === 1 ? alone + 1 : 0;
    full = (await isFull(folder)) ? full + 1 : 0;
    if (endWhenFull && full >= 2) found ??= 'full';
    else if (alone >= (full > 0 ? 2 : lookups)) found ??= 'alone';
    if (found) signalGroup(pid, 'SIGKILL');
  }, aloneMs / lookups);
  return { cancel: () => clearInterval(timer), found: () => found };
}

/** Whether the disk of a folder has no block left. */
const isFull = (folder: string): Promise<boolean> =>
  statfs(folder).then(
    ({ bavail }) => bavail === 0,
    () => false,
  );

/** The user at the terminal sees it hang. */
const neverAlone = { cancel: () => undefined, found: () => undefined };

/** With longer ones Node's timers fire at once. */
const longestTimer = 2 ** 31 - 1;

function checkOrder({ id, limitMs, graceMs }: AttemptOrder): void {
  if (!isAttemptId(id)) throw new RangeError(`not an attempt's id: ${JSON.stringify(id)}`);
  for (const ms of [limitMs, graceMs]) {
    if (!(ms > 0 && ms <= longestTimer)) throw new RangeError(`not a time limit in milliseconds: ${ms}`);
  }
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
