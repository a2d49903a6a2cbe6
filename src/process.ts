import type { Interface } from 'node:readline/promises';
import { main } from './cli.ts';
import type { Host } from './commands/host.ts';
import { ActionableError, exitStatus } from './lib/actionable-error.ts';
import { errorCode } from './lib/error-code.ts';
import { thisMachine } from './lib/this-machine.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the handler of signals that is in force: there is one at a time. */
let endHandling: () => void = () => undefined;

/** Whether an error was thrown that nothing caught. */
let crashed = false;

/** Why stdout can no longer be written. */
let lost: string | undefined;

/** Found only for commands that need it: on macOS a program is run for it. */
let name: string | undefined;

const host: Host = {
  get cwd() {
    return workingFolder();
  },
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  get name() {
    name ??= thisMachine();
    return name;
  },
  pid: process.pid,
  terminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
  async ask(question) {
    if (!host.terminal) return undefined;
    const { createInterface } = await import('node:readline/promises');
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const gone = goneFrom(lines);
    try {
      return await lines.question(question, { signal: gone });
    } catch {
      if (gone.reason instanceof ActionableError) throw gone.reason;
      return '';
    } finally {
      lines.close();
    }
  },
  onInterrupt(handler) {
    endHandling();
    let count = 0;
    const onSignal = () => handler(++count);
    for (const signal of signals) process.on(signal, onSignal);
    const end = () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
    endHandling = end;
    return end;
  },
  onCrash(handler) {
    const onError = (error: unknown) => {
      crashed = true;
      handler(error);
    };
    process.on('uncaughtException', onError);
    return () => process.off('uncaughtException', onError);
  },
  leave: (status) => process.exit(status),
  async lostOutput() {
    // What a stream could not write is known once the events of now are dealt with.
    await new Promise((resolve) => setImmediate(resolve));
    return lost;
  },
};

/** @throws ActionableError (4) where somebody has deleted the folder. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new ActionableError('working-folder-gone', {
      place: 'working folder',
      expected: 'a folder that exists',
      found: `none (${errorCode(error) ?? String(error)})`,
      advice: 'Change to another folder, then run the same command again.',
    });
  }
}

/** While a question is open, readline handles the terminal, and Ctrl-C with it. */
function goneFrom(lines: Interface): AbortSignal {
  const abort = new AbortController();
  const interrupted = new ActionableError('interrupted', 'Interrupted at the question: nothing was started.');
  lines.once('SIGINT', () => abort.abort(interrupted));
  lines.once('close', () => abort.abort());
  return abort.signal;
}

// A run that is building does not end because nobody can read it: the disk of its log is full, its terminal is gone. A
// reader that closes the pipe, as `head` does, is not even worth a word.
process.stderr.on('error', () => undefined);
process.stdout.on('error', (error) => {
  const code = errorCode(error) ?? String(error);
  if (code === 'EPIPE' || lost !== undefined) return;
  lost = code;
  process.stderr.write(`warning: stdout could not be written (${code}): the rest of it is lost.\n`);
});

const status = await main(process.argv.slice(2), host);
// Lookups that were in progress at the interrupt are not waited for. After a crash nothing may go on without the lock.
if (status === exitStatus.interrupted || crashed) process.exit(status);
process.exitCode = status;
