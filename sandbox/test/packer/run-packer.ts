import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const timeLimit = 90_000;

/**
 * Runs `packer build` on a template, in the test's own folder and environment. Returns its output and its exit status, null if
 * it had to be stopped. It is stopped if the test gives up on it.
 */
export async function packerBuild(
  folder: string,
  template: unknown,
  environment: Record<string, string>,
  variables: Record<string, string> = {},
): Promise<{ exit: number | null; output: string }> {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(folder, 'template.pkr.json'), JSON.stringify(template));
  const outputFile = join(folder, 'output');
  const output = openSync(outputFile, 'w');
  const named = Object.entries(variables).map(([name, value]) => [`PKR_VAR_${name}`, value]);
  const child = spawn(process.env.PACKER ?? 'packer', ['build', '-color=false', 'template.pkr.json'], {
    cwd: folder,
    stdio: ['ignore', output, output],
    timeout: timeLimit,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      PACKER_CACHE_DIR: join(folder, 'cache'),
      CHECKPOINT_DISABLE: '1',
      // HOME is different here, and Packer looks for plugins there.
      PACKER_PLUGIN_PATH: process.env.PACKER_PLUGIN_PATH,
      ...environment,
      ...Object.fromEntries(named),
    },
  });
  onTestFinished(() => void child.kill());
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  return { exit, output: readFileSync(outputFile, 'utf8') };
}
