#!/usr/bin/env node
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Interface } from 'node:readline/promises';
import { main } from './cli.ts';
import type { Host } from './commands/host.ts';
import { ActionableError, exitStatus } from './lib/actionable-error.ts';
import { bootId } from './lib/boot-id.ts';
import { machineName } from './lib/machine-name.ts';

const host: Host = {
  cwd: process.cwd(),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  name: machineName(hostname(), pidNamespace(), bootId()),
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
    let count = 0;
    const onSignal = () => handler(++count);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
  },
  leave: (status) => process.exit(status),
};

/** While a question is open, readline handles the terminal, and Ctrl-C with it. */
function goneFrom(lines: Interface): AbortSignal {
  const abort = new AbortController();
  const interrupted = new ActionableError(
    'Interrupted at the question: nothing was started.',
    exitStatus.interrupted,
  );
  lines.once('SIGINT', () => abort.abort(interrupted));
  lines.once('close', () => abort.abort());
  return abort.signal;
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

// A reader that closes the pipe, as `head` does, is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const status = await main(process.argv.slice(2), host);
// Lookups that were in progress at the interrupt are not waited for.
if (status === exitStatus.interrupted) process.exit(status);
process.exitCode = status;
