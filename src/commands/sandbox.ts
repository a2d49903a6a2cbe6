import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Host } from '../host.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { forgetSandbox, serveSandbox } from '../open-sandbox.ts';

/** Run the embedded AWS until it is told to stop, and print the environment that leads other tools to it. */
export async function sandbox(
  { faults, port }: { faults: string | undefined; port: number | undefined },
  host: Host,
): Promise<number> {
  checkPort(port);
  const script = faults === undefined ? undefined : await faultScript(faults, host.cwd);
  const { exports, url, close, closed } = await serveSandbox(host.cwd, {
    ...(script === undefined ? {} : { faults: script }),
    ...(port === undefined ? {} : { port }),
    log: (message) => void host.stderr.write(`${message}\n`),
  });
  host.stdout.write(exports);
  host.stderr.write(
    `The sandbox answers at ${url} until Ctrl-C. Other commands of this folder join it with --sandbox.\n`,
  );
  const end = host.onInterrupt(() => void close());
  await closed;
  end();
  return exitStatus.done;
}

/** Ports below 1024 are for the system's own services, SSH's 22 among them. */
function checkPort(port: number | undefined): void {
  if (port === undefined || (Number.isInteger(port) && port >= 1024 && port <= 65_535)) return;
  throw new ActionableError(`--port: expected a whole number from 1024 to 65535, found ${port}`);
}

async function faultScript(file: string, cwd: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : `${(error as NodeJS.ErrnoException).code}`;
    throw new ActionableError(`--faults ${file}: expected a file of JSON (docs/sandbox.md), found ${why}`);
  }
}

export async function resetSandbox(host: Host): Promise<number> {
  await forgetSandbox(host.cwd);
  host.stderr.write('The sandbox is empty.\n');
  return exitStatus.done;
}
