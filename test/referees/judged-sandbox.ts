import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts';

/** A sandbox of its own for one test, and the environment in which other people's clients reach it and nothing else. */
export const judgedSandbox = async (
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: Sandbox; variables: Record<string, string> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'judged-'));
  const sandbox = await startSandbox({ folder, ...options });
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { sandbox, variables: { ...sandbox.environment(), SANDBOX_URL: sandbox.url } };
};
