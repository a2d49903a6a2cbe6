import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventsOfType, resultOf } from './events.ts';
import { newProject, type Project } from './project.ts';
import { stateOf } from './state.ts';

const fault = fileURLToPath(new URL('full-disk.mjs', import.meta.url));
const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const friend = '210987654321';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

it('if the disk is full in the middle of a run, it exits with 1, nothing is lost or shared, and the next run resumes', async () => {
  const sandbox = await project.sandbox();
  await project.config('test-ebs', (config) => {
    config.share = { accounts: [friend] };
    config.record = 'ami_ids.json';
  });
  const full = project.path('full');
  const words = ['publish', 'test-ebs', '--sandbox', '--yes', '--json', '--no-parallel'];
  const { child, ended } = project.start(words, {
    NODE_OPTIONS: `--import "${fault}"`,
    FULL_DISK_WHILE: full,
  });
  child.stdout?.on('data', (text: string) => {
    if (text.includes('"attempt-started"')) writeFileSync(full, '');
  });
  const run = await ended;
  expect(run.exit, run.stderr).toBe(1);
  expect(existsSync(full)).toBe(true);
  const { targets } = resultOf(run);
  expect(targets).toMatchObject([
    { name: jammy, status: 'verified', attempts: 1 },
    { name: noble, status: 'failed', error: { message: expect.stringContaining('ENOSPC') } },
  ]);
  const [made, ...others] = (await stateOf(sandbox.clients)).amis;
  expect([made?.id, others]).toEqual([targets[0]?.ami, []]);
  const warnings = eventsOfType(run, 'warning').map(({ text }) => text);
  expect(warnings).toEqual([
    expect.stringMatching(`^result.json could not be written .*ENOSPC.*${made?.id}`),
  ]);
  const calls = await sandbox.calls();
  expect(calls.filter(({ operation }) => operation.startsWith('Modify'))).toEqual([]);

  rmSync(full);
  const again = await project.run(words);
  expect(again.exit, again.stderr).toBe(0);
  expect(eventsOfType(again, 'attempt-started').map(({ target }) => target)).toEqual([noble]);
  expect(resultOf(again)).toMatchObject({ shared: true, recorded: true, targets: [{ ami: made?.id }, {}] });
  expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
});
