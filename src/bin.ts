#!/usr/bin/env node
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { main } from './cli.ts';
import type { Host } from './host.ts';
import { machineName } from './lib/machine-name.ts';

const host: Host = {
  cwd: process.cwd(),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  name: machineName(hostname(), pidNamespace()),
  pid: process.pid,
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

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

// A reader that goes away, as `head` does, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), host);
