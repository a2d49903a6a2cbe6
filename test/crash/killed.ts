import { globSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { newProject, type Project, type RunningSandbox, until } from '../e2e/project.ts';
import { stateOf } from '../e2e/state.ts';

const friend = '210987654321';

/** A moment at which gopackgo is killed, and the fault that makes it last long enough. */
export interface Moment {
  when: string;
  faults: Fault[];
  reached(sandbox: RunningSandbox): Promise<boolean>;
  /** Whether the AMIs exist at the time of the kill. */
  built: boolean;
}

export const calls = async (sandbox: RunningSandbox, operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation);

const rows = (['left alive', 'killed too'] as const).flatMap((packer) =>
  (['kept', 'deleted'] as const).map((records) => ({ packer, records })),
);

/** gopackgo is killed at that moment, with Packer left alive or not and .gopackgo/ kept or not; then the same command runs. */
export function describeKilled({ when, faults, reached, built }: Moment): void {
  describe(`gopackgo killed (SIGKILL) ${when}, and the same command again`, () => {
    let project: Project;
    beforeEach(async () => {
      project = await newProject();
      await project.config('test-ebs', (config) => {
        config.share = { accounts: [friend] };
      });
    });
    afterEach(() => project.remove());

    it.each(rows)('Packer $packer, records $records', async ({ packer, records }) => {
      const sandbox = await project.sandbox(faults);
      const first = project.start(['publish', 'test-ebs', '--sandbox', '--yes']);
      await until('the moment to kill', () => reached(sandbox));
      const pids = await packerProcesses(project);
      expect(pids).toHaveLength(2);
      first.child.kill('SIGKILL');
      if (packer === 'killed too') for (const pid of pids) killGroup(pid);
      await first.ended;
      const before = await stateOf(sandbox.clients);
      if (records === 'deleted') {
        for (const folder of releaseFolders(project)) await rm(folder, { recursive: true });
      }

      const again = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json']);

      expect(again.exit, again.stderr).toBe(0);
      const after = await stateOf(sandbox.clients);
      expect(after.amis.map(({ name, state }) => [name, state])).toEqual([
        [expect.stringContaining('2204'), 'available'],
        [expect.stringContaining('2404'), 'available'],
      ]);
      expect(after.leftovers).toEqual([]);
      for (const ami of after.amis) {
        expect(ami.tags).toMatchObject({
          'gopackgo:release': expect.stringMatching(/^test-ebs@/),
          'gopackgo:target': expect.stringMatching(/^us-east-1-/),
          'gopackgo:recipe': expect.stringMatching(/^sha256:/),
          'gopackgo:base': expect.stringMatching(/^099720109477\//),
        });
      }
      const made = await calls(sandbox, 'CreateImage');
      expect(made.filter(({ status }) => status === 200)).toHaveLength(2);
      if (built) expect(after.amis.map(({ id }) => id)).toEqual(before.amis.map(({ id }) => id));
      const result = JSON.parse(again.stdout.trimEnd().split('\n').at(-1) ?? '');
      expect(result).toMatchObject({ type: 'result', exit: 0, shared: true });
      const third = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
      expect(third.exit, third.stderr).toBe(0);
      expect(await calls(sandbox, 'RunInstances')).toHaveLength(packer === 'killed too' && !built ? 4 : 2);
    });
  });
}

const releaseFolders = (project: Project) => globSync(project.path('.gopackgo/sandbox/releases/test-ebs@*'));

export async function packerProcesses(project: Project): Promise<number[]> {
  const files = globSync(project.path('.gopackgo/sandbox/releases/test-ebs@*/attempts/*/*/pid'));
  return Promise.all(files.map(async (file) => Number(await readFile(file, 'utf8'))));
}

export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It had ended.
  }
}
