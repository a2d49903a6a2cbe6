import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import { main } from '../../src/cli.ts';
import type { Host } from '../../src/commands/host.ts';

/** A folder with configs and a sandbox with prepared resources, for commands that need no Packer. */
export interface WorkingFolder {
  cwd: string;
  /** Runs a command in it, in a rehearsal, without a terminal. */
  run(...words: string[]): Promise<{ exit: number; stdout: string; stderr: string }>;
  /** Changes its sandbox while no command uses it. */
  change(work: (sandbox: Sandbox) => Promise<unknown>): Promise<void>;
}

export function workingFolder(configs: Readonly<Record<string, object>>): WorkingFolder {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'configs'));
  for (const [name, config] of Object.entries(configs))
    writeFileSync(join(cwd, `configs/${name}.json`), JSON.stringify(config));
  return {
    cwd,
    async run(...words) {
      const written = { stdout: '', stderr: '' };
      const stream = (name: keyof typeof written) =>
        new Writable({
          write(text, _, done) {
            written[name] += text;
            done();
          },
        });
      const host = {
        cwd,
        environment: { HOME: cwd, PATH: process.env.PATH },
        stdout: stream('stdout'),
        stderr: stream('stderr'),
        name: 'this-machine',
        pid: process.pid,
        terminal: false,
        ask: async () => undefined,
        onInterrupt: () => () => undefined,
        onCrash: () => () => undefined,
        leave: () => undefined,
        lostOutput: async () => undefined,
      } as unknown as Host;
      const exit = await main([...words, '--sandbox'], host);
      return { exit, ...written };
    },
    async change(work) {
      const sandbox = createWorld({ folder: join(cwd, '.gopackgo/sandbox/state') });
      try {
        await work(sandbox);
      } finally {
        await sandbox.aws.close();
      }
    },
  };
}
