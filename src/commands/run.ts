import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { jsonOutput } from '../lib/json-output.ts';
import { appendToOwnFile, makeOwnFolder, ownMode } from '../lib/own-files.ts';
import { redact } from '../lib/redact.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { EventBody } from '../model/events.ts';
import { type Output, outputTo } from '../report/output.ts';
import type { Report } from '../report/report.ts';
import type { Host } from './host.ts';
import { showProgress } from './progress-line.ts';
import { say } from './say.ts';

/** Events that the shell itself emits for any command. */
type ShellEvent = Extract<EventBody, { type: 'warning' | 'interrupted' }>;

/** How to run a command that changes AWS: everything that differs between commands. */
export interface RunOptions<Event extends { type: string }, Result extends Event & { exit: number }> {
  /** Folder for the files, absolute; it is created when something is written. */
  folder: string;
  files: { events: string; result: string };
  /** How the events are shown. */
  report(screen: { stdout: Output; stderr: Output }): Report<Event | ShellEvent>;
  json: boolean;
  quiet?: boolean;
  /** Clears a progress line on the screen; called before any other output. */
  clearProgress?(): void;
  /** Whether an event belongs in the events file; all do if absent. */
  isKept?(event: Event | ShellEvent): boolean;
  /** Whether the result file is written; always if absent. */
  isResultKept?(result: Result): boolean;
  /** An addition to the warning that the result file could not be written. */
  withoutFile?(result: Result): string;
  /** The text to print when a second Ctrl-C ends the process at once. */
  describeLeft?(): string;
  /** The result if gopackgo itself failed; if absent, there is none, and an earlier result file is removed. */
  crashed?(message: string): Result;
  /** What is still running then, for a message; empty if nothing is. */
  describeRunning?(): string;
}

/** What the shell provides for a command's work. */
export interface Run<Event> {
  emit(event: Event | ShellEvent): void;
  /** Aborted by the first Ctrl-C. */
  stop: AbortSignal;
  /** Shows a line on the terminal until the next event. @returns clears it. */
  showProgress(text: string): () => void;
}

/**
 * Runs the work of a command that changes AWS: stamps its events, appends them to the events file and shows them, handles
 * Ctrl-C, writes the result file, and ends the report, whatever the outcome. An unexpected error, wherever in the process it is
 * thrown, ends the work; there is a result in that case too.
 *
 * @returns the exit status of the result.
 */
export async function runCommand<Event extends { type: string }, Result extends Event & { exit: number }>(
  host: Host,
  options: RunOptions<Event, Result>,
  work: (run: Run<Event>) => Promise<Result>,
): Promise<number> {
  const report = options.report({
    stdout: outputTo(host.stdout, host.environment),
    stderr: outputTo(host.stderr, host.environment),
  });
  let clearProgress = options.clearProgress ?? (() => undefined);
  const emit = (body: Event | ShellEvent) => {
    clearProgress();
    const event = { time: new Date().toISOString(), ...body };
    if (options.isKept?.(body) ?? true) appendEvent(options.folder, options.files.events, event);
    report.emit(event);
  };
  const { stop, end } = handleInterrupts(host, emit, report.close, options.describeLeft);
  const { promise: crash, reject } = Promise.withResolvers<never>();
  const endCrash = host.onCrash(reject);
  const finish = async (done: Result): Promise<number> => {
    const result = (options.isResultKept?.(done) ?? true) ? await writeResult(done, options, emit) : done;
    emit(result);
    return result.exit;
  };
  try {
    const running = work({
      emit,
      stop,
      showProgress(text) {
        clearProgress = showProgress(text, options, host);
        return clearProgress;
      },
    });
    return await finish(await Promise.race([running, crash]));
  } catch (error) {
    if (error instanceof ActionableError) throw error;
    if (options.crashed)
      await finish(options.crashed(`gopackgo failed unexpectedly: ${redact(String(error))}`));
    else await rm(join(options.folder, options.files.result), { force: true });
    if (options.describeRunning) say(host.stderr, options.describeRunning());
    throw error;
  } finally {
    clearProgress();
    end();
    endCrash();
    await report.close();
  }
}

/** Only for reports: a run does not fail if this file cannot be written. */
function appendEvent(folder: string, file: string, event: object): void {
  try {
    appendToOwnFile(join(folder, file), `${jsonOutput(event)}\n`);
  } catch {}
}

/** How long the report may take to end before the process ends without it. Milliseconds. */
const closeLimit = 1000;

/**
 * First Ctrl-C: `stop` is aborted. Second: the report is closed first, since a screen holds back other output; then the process
 * reports what it leaves behind, and ends. Third: the same at once.
 */
function handleInterrupts(
  host: Host,
  emit: (event: ShellEvent) => void,
  closeReport: () => Promise<void>,
  describeLeft: () => string = () => '',
): { stop: AbortSignal; end(): void } {
  const stopping = new AbortController();
  const leave = () => {
    say(host.stderr, describeLeft());
    host.leave(exitStatus.interrupted);
  };
  const end = host.onInterrupt((count) => {
    if (count > 2) return leave();
    emit({ type: 'interrupted', count: count > 1 ? 2 : 1 });
    stopping.abort();
    if (count === 2) Promise.race([closeReport(), sleep(closeLimit)]).then(leave, leave);
  });
  return { stop: stopping.signal, end };
}

/**
 * Writes the result file. If that fails, a reader of the file would mistake an earlier run's result for this one's, so the run
 * has failed.
 *
 * @returns the result to report.
 */
async function writeResult<Event extends { type: string }, Result extends Event & { exit: number }>(
  result: Result,
  { folder, files, withoutFile }: RunOptions<Event, Result>,
  emit: (event: ShellEvent) => void,
): Promise<Result> {
  try {
    makeOwnFolder(folder);
    await writeAtomically(join(folder, files.result), `${jsonOutput(result, 2)}\n`, ownMode);
    return result;
  } catch (error) {
    const more = withoutFile ? `. ${withoutFile(result)}` : '';
    emit({ type: 'warning', text: `${files.result} could not be written (${String(error)})${more}` });
    return result.exit === exitStatus.interrupted ? result : { ...result, exit: exitStatus.failed };
  }
}
