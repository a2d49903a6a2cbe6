import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { derivedId, type SeededImage, seedSandbox } from '../../sandbox/testing/index.ts';
import type { CleanupEvent, CleanupResult } from '../../src/model/events.ts';
import { faultActs } from './faults.ts';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';
import { atTerminal } from './terminal.ts';

/** More AMIs than are deleted at once, so that some are not started while others are in progress. */
const images = Array.from({ length: 40 }, (_, at): SeededImage => {
  const target = `us-east-1-i${at}`;
  return {
    region: 'us-east-1',
    id: derivedId('ami', target),
    name: `test-ebs 1.0.0 i${at}`,
    createdAt: '2026-01-01T00:00:00Z',
    snapshots: [derivedId('snap', target)],
    tags: { 'gopackgo:release': 'test-ebs@1.0.0', 'gopackgo:target': target },
  };
});
const words = ['cleanup', 'test-ebs@1.0.0', '--sandbox'];

let project: Project;
let sandbox: RunningSandbox;
beforeEach(async () => {
  project = await newProject();
  await seedSandbox(project.path('.gopackgo/sandbox/state'), { images });
  sandbox = await project.sandbox();
});
afterEach(() => project.remove());

const state = () => stateOf(sandbox.clients);
const changing = async () =>
  (await sandbox.calls()).filter(({ operation }) => !/^(Get|Describe|List|Head)/.test(operation));

function told({ stdout, stderr }: Run): { types: string[]; result: CleanupResult } {
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line): CleanupEvent => JSON.parse(line));
  const result = events.at(-1);
  if (result?.type !== 'result') throw new Error(stderr);
  return { types: events.map(({ type }) => type), result };
}

async function goesOn() {
  const again = await project.run([...words, '--yes', '--json']);
  expect(again.exit, again.stderr).toBe(0);
  expect(await state()).toEqual({ amis: [], leftovers: [] });
  return told(again).result;
}

describe('an interrupted cleanup', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s during the lookups: it does not wait for an answer that never comes, and deletes nothing',
    async (signal) => {
      const before = await state();
      await sandbox.addFaults([{ on: 'ssm:DescribeParameters', does: 'hang' }]);
      const running = project.start([...words, '--yes', '--json']);
      await faultActs(sandbox);
      running.child.kill(signal);
      const run = await running.ended;
      expect(run.exit, run.stderr).toBe(130);
      const { types, result } = told(run);
      expect(types).toEqual(['interrupted', 'result']);
      expect(result).toMatchObject({ exit: 130, applied: false, amis: [] });
      expect(await changing()).toEqual([]);
      expect(await state()).toEqual(before);
      expect((await goesOn()).removed).toMatchObject({ amis: 40, snapshots: 40 });
    },
  );

  it('during the lookup right before the deletion: nothing is started', async () => {
    const before = await state();
    await sandbox.addFaults([{ on: 'autoscaling:DescribeLaunchConfigurations', skip: 1, does: 'hang' }]);
    const running = project.start([...words, '--yes']);
    await faultActs(sandbox);
    running.child.kill('SIGINT');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    expect(run.stdout).toContain('test-ebs@1.0.0: nothing was deleted.');
    for (const { id } of before.amis)
      expect(run.stderr).toMatch(new RegExp(`✖ \\S+ ${id}  it was not started\n`));
    expect(await changing()).toEqual([]);
    expect(await state()).toEqual(before);
    await goesOn();
  });

  it('while it deletes: AMIs in progress are deleted completely, the rest is as it was, and it reports both', async () => {
    const before = await state();
    await sandbox.addFaults([{ on: 'ec2:CreateTags', times: 16, does: { delay: 10_000 } }]);
    const running = project.start([...words, '--yes', '--json']);
    await faultActs(sandbox);
    running.child.kill('SIGINT');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    const { result } = told(run);
    const gone = result.amis.filter(({ outcome }) => outcome === 'removed').map(({ ami }) => ami);
    const stays = result.amis.filter(({ why }) => why === 'it was not started').map(({ ami }) => ami);
    expect([gone.length, stays.length]).toEqual([16, 24]);
    expect(result.removed).toMatchObject({ amis: 16, snapshots: 16 });
    expect(await state()).toEqual({ ...before, amis: before.amis.filter(({ id }) => stays.includes(id)) });
    expect((await goesOn()).removed).toMatchObject({ amis: 24, snapshots: 24 });
  });

  it.runIf(process.platform === 'linux')('at the question: nothing is started', async () => {
    const before = await state();
    const asked = await atTerminal(project.folder, words, {
      question: /Type 40 to delete [^:]+: /,
      types: { keys: '\x03' },
    });
    expect(asked).toMatchObject({ exit: 130, answered: true });
    expect(asked.screen).toContain('Interrupted at the question: nothing was started.');
    expect(await changing()).toEqual([]);
    expect(await state()).toEqual(before);
    await goesOn();
  });

  it('twice while it deletes: it exits at once, and the same command resumes what was started', async () => {
    await sandbox.addFaults([{ on: 'ec2:DeleteSnapshot', does: 'hang' }]);
    const running = project.start([...words, '--yes']);
    await faultActs(sandbox);
    running.child.kill('SIGINT');
    running.child.kill('SIGTERM');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    expect(run.stderr).toContain('exiting at once: run the same command again');
    expect((await state()).leftovers).not.toEqual([]);
    await goesOn();
  });
});
