import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsOfType, resultOf } from './events.ts';
import { faultActs, packersAgent } from './faults.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';
import { atTerminal } from './terminal.ts';

const noble = 'us-east-1-2404-hvm';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const words = ['publish', 'test-ebs', '--sandbox', '--yes'];
const start = (...more: string[]) => project.start([...words, '--json', ...more]);

const called = async (sandbox: RunningSandbox, operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation);

const longScript = { on: 'ssh', command: 'RELEASE=', does: { delay: 60_000 } } as const;

async function finishes(sandbox: RunningSandbox) {
  const again = await project.run([...words, '--json']);
  expect(again.exit, again.stderr).toBe(0);
  const { amis, leftovers } = await stateOf(sandbox.clients);
  expect(amis.map(({ state }) => state)).toEqual(['available', 'available']);
  expect(leftovers).toEqual([]);
  return again;
}

describe('interrupted once', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while one target builds and one waits: Packer cleans up, no other starts, summary, 130, and the next run resumes',
    async (signal) => {
      const sandbox = await project.sandbox([longScript]);
      const running = start('--no-parallel');
      await faultActs(sandbox);
      running.child.kill(signal);
      const run = await running.ended;
      expect(run.exit, run.stderr).toBe(130);
      const [begun, ...others] = eventsOfType(run, 'attempt-started');
      expect(others).toEqual([]);
      expect(eventsOfType(run, 'attempt-ended')).toMatchObject([
        { target: begun?.target, error: { kind: 'stopped' } },
      ]);
      expect(await called(sandbox, 'TerminateInstances')).toMatchObject([
        { userAgent: expect.stringContaining(packersAgent) },
      ]);
      expect(eventsOfType(run, 'interrupted')).toMatchObject([{ count: 1 }]);
      expect(resultOf(run)).toMatchObject({
        exit: 130,
        next: ['gopackgo publish test-ebs --sandbox --yes   resumes'],
      });
      expect(
        resultOf(run)
          .targets.map(({ attempts }) => attempts)
          .sort(),
      ).toEqual([0, 1]);
      expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
      await finishes(sandbox);
    },
  );

  it('while Packer waits for its AMI and then leaves it behind: the AMI is kept, tagged, and not built again', async () => {
    // Packer asks for the base image first.
    const sandbox = await project.sandbox([
      {
        on: 'ec2:DescribeImages',
        userAgent: packersAgent,
        input: '"ImageIds":',
        skip: 1,
        does: { delay: 3_000 },
      },
    ]);
    const running = start('--only', noble);
    await faultActs(sandbox);
    running.child.kill('SIGINT');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toMatchObject([{ state: 'available', tags: { 'gopackgo:target': noble } }]);
    expect(leftovers).toEqual([]);
    const again = await finishes(sandbox);
    expect(resultOf(again).targets[1]).toMatchObject({ name: noble, ami: amis[0]?.id, attempts: 0 });
  });

  it('before the first build: nothing is started', async () => {
    const sandbox = await project.sandbox([{ on: 'ec2:DescribeKeyPairs', does: { delay: 10_000 } }]);
    const running = start();
    await faultActs(sandbox);
    running.child.kill('SIGINT');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    expect(eventsOfType(run, 'attempt-started')).toEqual([]);
    expect(resultOf(run)).toMatchObject({ exit: 130, targets: [{ attempts: 0 }, { attempts: 0 }] });
    expect((await sandbox.calls()).filter(({ operation }) => !/^(Get|Describe)/.test(operation))).toEqual([]);
    await finishes(sandbox);
  });

  it.runIf(process.platform === 'linux')('at the question: nothing is started', async () => {
    const sandbox = await project.sandbox();
    const asked = await atTerminal(project.folder, ['publish', 'test-ebs', '--sandbox'], {
      question: /\(y\/N\) /,
      types: { keys: '\x03' },
    });
    expect(asked).toMatchObject({ exit: 130, answered: true });
    expect(asked.screen).toContain('Interrupted at the question: nothing was started.');
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
  });
});

describe('interrupted twice', () => {
  it('publish names what it leaves behind and exits at once with 130; the same command removes that and finishes', async () => {
    const sandbox = await project.sandbox([longScript]);
    const running = project.start([...words, '--only', noble]);
    await faultActs(sandbox);
    await sandbox.addFaults([{ on: 'ec2:TerminateInstances', userAgent: packersAgent, does: 'hang' }]);
    running.child.kill('SIGINT');
    await faultActs(sandbox);
    running.child.kill('SIGINT');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toEqual([]);
    expect(leftovers).toContainEqual(expect.stringMatching(/^instance /));
    const told = run.stderr.slice(run.stderr.indexOf('Exiting at once.'));
    const names = leftovers.flatMap((text) => /\b(?:i-|gopackgo-|packer_)\S+/.exec(text) ?? []);
    expect(names).toHaveLength(3);
    for (const name of names) expect(told).toContain(name);
    expect(told).toContain('Run the same command again');

    const [pid] = globSync(project.path('.gopackgo/sandbox/releases/*/attempts/*/*/pid'));
    process.kill(-Number(await readFile(pid ?? '', 'utf8')), 'SIGKILL');
    await finishes(sandbox);
  });
});
