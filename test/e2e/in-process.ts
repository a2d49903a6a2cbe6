import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../src/commands/host.ts';
import { thisMachine } from '../../src/lib/this-machine.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The parts of a new process's environment that Node or the AWS SDK read from the process itself. */
const ofProcess = /^(AWS_|NODE_|SSL_|HOME$|(https?|no|all)_proxy$)/i;

// The SDK reads these from the process in any case. Nothing from whoever runs the tests gets in.
for (const key of Object.keys(process.env)) if (key.startsWith('AWS_')) delete process.env[key];
process.env.AWS_CONFIG_FILE = join(root, 'no such file');
process.env.AWS_SHARED_CREDENTIALS_FILE = join(root, 'no such file');
process.env.AWS_EC2_METADATA_DISABLED = 'true';

/** Whether a command may run in the process of the tests: its environment is read by gopackgo alone, and no signal ends it. */
export const mayRunHere = ([command]: readonly string[], environment: Record<string, string>): boolean =>
  command !== 'sandbox' && !Object.keys(environment).some((key) => ofProcess.test(key));

/** The built command line, loaded once by Node itself: loading takes nine tenths of a short command's time. */
const built = createRequire(import.meta.url);

/**
 * Runs a command in this process, through the same entry as `dist/src/process.js` but with another host: without a terminal, and with
 * no handling of signals.
 */
export async function runHere(
  words: string[],
  { folder, environment }: { folder: string; environment: Record<string, string> },
): Promise<{ exit: number; stdout: string; stderr: string }> {
  const { main } = built(join(root, 'dist/src/cli.js')) as typeof import('../../src/cli.ts');
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) =>
    new Writable({
      decodeStrings: false,
      write(text, _, done) {
        said[name] += String(text);
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const host: Host = {
    cwd: folder,
    environment,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    name: thisMachine(),
    pid: process.pid,
    terminal: false,
    ask: async () => undefined,
    onInterrupt: () => () => undefined,
    onCrash: () => () => undefined,
    leave: () => undefined,
    lostOutput: async () => undefined,
  };
  return { exit: await main(words, host), ...said };
}
