import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultTarget } from '../../src/model/events.ts';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const publish = ['publish', 'test-ebs', '--sandbox', '--yes', '--no-parallel', '--json'];

const events = (stdout: string): { type: string }[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const targetsOf = (stdout: string) =>
  (events(stdout).at(-1) as unknown as { targets: ResultTarget[] }).targets;

describe('a lookup that fails right before a build with real Packer', () => {
  /** The second target's lookup; the first lookup of all targets passes. */
  const failing = (times: number) => [
    { on: 'ec2:DescribeKeyPairs', input: '2404', skip: 1, times, does: { error: 'InternalError' } } as const,
  ];

  it('for seconds costs no target: it is repeated and reported', async () => {
    await project.sandbox(failing(12));
    const run = await project.run(publish, { GOPACKGO_RETRY_FOR: '5m' });
    expect(run.exit, run.stdout).toBe(0);
    expect(targetsOf(run.stdout).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['verified', 1],
      ['verified', 1],
    ]);
    const repeated = { operation: 'ec2:DescribeKeyPairs', region: 'us-east-1' };
    expect(events(run.stdout)).toContainEqual(expect.objectContaining({ type: 'retrying', ...repeated }));
    expect(events(run.stdout)).toContainEqual(expect.objectContaining({ type: 'answered', ...repeated }));
  });

  it('beyond the limit is reported with its error and region, and nothing is made because of it', async () => {
    const sandbox = await project.sandbox(failing(0));
    const run = await project.run(publish, { GOPACKGO_RETRY_FOR: '3s' });
    expect(run.exit, run.stdout).toBe(1);
    const failed = targetsOf(run.stdout).filter(({ error }) => error);
    expect(failed.length).toBeGreaterThan(0);
    for (const { attempts, error } of failed) {
      expect(error?.message).toMatch(
        /ec2:DescribeKeyPairs in us-east-1: InternalError: .*\(repeated for 3 s\)/,
      );
      expect(error?.message).not.toContain('there is no such AMI');
      expect(attempts).toBeLessThanOrEqual(1);
    }
    const shared = (await sandbox.calls()).filter(({ operation }) => operation === 'ModifyImageAttribute');
    expect(shared).toEqual([]);
  });
});
