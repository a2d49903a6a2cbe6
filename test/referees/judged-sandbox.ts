import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts';

export interface JudgedSandbox {
  sandbox: Sandbox;
  /** The environment in which other people's clients reach it and nothing else. */
  variables: Record<string, string>;
  /** Closes it and deletes everything that it stored. */
  close: () => Promise<void>;
}

/** A sandbox in a separate folder. */
export const judgedSandbox = async (options: Partial<SandboxOptions> = {}): Promise<JudgedSandbox> => {
  const folder = mkdtempSync(join(tmpdir(), 'judged-'));
  const sandbox = await startSandbox({ folder, ...options });
  return {
    sandbox,
    variables: { ...sandbox.environment(), SANDBOX_URL: sandbox.url },
    close: async () => {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
