import { spawn } from 'node:child_process';
import { definedOnly } from './defined-only.ts';
import { signalGroup } from './signal-group.ts';

export interface LimitedRun {
  /** Null if it was killed by a signal, its own or ours. */
  exit: number | null;
  /** Stdout and stderr interleaved, cut at `outputLimit`. */
  output: string;
  timedOut: boolean;
}

const outputLimit = 1024 * 1024;

/**
 * Runs a program that ends by itself, without a shell and without a terminal to ask at: no stdin unless there is `input` for
 * it. After `limitMs` milliseconds it is killed, with all its subprocesses.
 *
 * @throws the error of `spawn` if the program can't be started (`ENOENT`, `EACCES`).
 */
export function runWithLimit(
  program: string,
  args: string[],
  options: { limitMs: number; environment?: NodeJS.ProcessEnv; folder?: string; input?: string },
): Promise<LimitedRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
      ...definedOnly({ env: options.environment }),
      ...(options.folder ? { cwd: options.folder } : {}),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const keep = (chunk: Buffer) => {
      if (size < outputLimit) chunks.push(chunk.subarray(0, outputLimit - size));
      size += chunk.length;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // It may end without having read it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);

    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, options.limitMs);

    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (exit) => {
      clearTimeout(timer);
      resolve({ exit: timedOut ? null : exit, output: Buffer.concat(chunks).toString('utf8'), timedOut });
    });
  });
}
