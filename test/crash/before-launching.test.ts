import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import semver from 'semver';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packerOfTests } from '../e2e/packer.ts';
import { newProject, type Project, until } from '../e2e/project.ts';
import { stateOf } from '../e2e/state.ts';
import { calls, killGroup, packerProcesses } from './killed.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** Current Packer gives the temporary security group the `run_tags`; 1.6.6, which has no separate plugin, does not. */
const tagsItsGroup = async () => semver.gte((await packerOfTests()).plugin ?? '0.0.0', '1.0.0');

it('the security group of a Packer killed before it launched is removed, although the release folder is deleted', async () => {
  const only = ['--only', 'us-east-1-2404-hvm'];
  const sandbox = await project.sandbox([
    { on: 'ec2:AuthorizeSecurityGroupIngress', does: { delayAnswer: 20_000 } },
  ]);
  const first = project.start(['publish', 'test-ebs', '--sandbox', '--yes', ...only]);
  await until(
    'the security group',
    async () => (await calls(sandbox, 'AuthorizeSecurityGroupIngress')).length > 0,
  );
  const pids = await packerProcesses(project);
  first.child.kill('SIGKILL');
  for (const pid of pids) killGroup(pid);
  await first.ended;
  for (const folder of globSync(project.path('.gopackgo/sandbox/releases/test-ebs@*')))
    await rm(folder, { recursive: true });
  expect((await stateOf(sandbox.clients)).leftovers).toHaveLength(2);

  const again = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', ...only]);
  expect(again.exit, again.stderr).toBe(0);
  const isKnown = await tagsItsGroup();
  const { leftovers } = await stateOf(sandbox.clients);
  expect(leftovers).toEqual(isKnown ? [] : [expect.stringMatching(/^group packer_/)]);
  const warning = 'If that was Packer 1.6.6, a security group "packer_…" may be left';
  expect(again.stderr.replaceAll(/\s+/g, ' ').includes(warning)).toBe(!isKnown);

  const cleanup = ['cleanup', 'test-ebs', '--sandbox', '--leftovers', '--orphan-age', '0h', '--yes'];
  const cleaned = await project.run(cleanup);
  expect(cleaned.exit, cleaned.stderr).toBe(0);
  expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
});
