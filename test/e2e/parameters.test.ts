import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultOf } from './events.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const words = ['publish', 'test-ebs', '--sandbox', '--yes'];
const version = '/web/1.0.0/2204-hvm';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  await project.config('test-ebs', (config) => {
    config.parameters = ['/web/{version}/{image}', '/web/latest/{image}'];
    config.share = { accounts: ['210987654321'] };
  });
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

async function parameters(): Promise<Record<string, string>> {
  const answer = await sandbox.clients
    .ssm('us-east-1')
    .send(new GetParametersByPathCommand({ Path: '/web', Recursive: true }));
  return Object.fromEntries((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
}

it('plan, publish and status agree on parameters, and a second publish writes none', async () => {
  const plan = await project.run(['plan', 'test-ebs', '--sandbox']);
  expect(plan.exit, plan.stderr).toBe(0);
  expect(plan.stdout).toContain('parameters 4 to be created');
  expect(plan.stdout).toContain(`${version} in us-east-1: to be created`);

  const run = await project.run(words);
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stdout).toContain('  parameters          4 written\n');
  const { amis } = await stateOf(sandbox.clients);
  const idOf = (image: string) => amis.find(({ name }) => name.includes(image))?.id;
  expect(await parameters()).toEqual(
    Object.fromEntries(
      ['2204-hvm', '2404-hvm'].flatMap((image) => [
        [`/web/1.0.0/${image}`, idOf(image)],
        [`/web/latest/${image}`, idOf(image)],
      ]),
    ),
  );

  const status = await project.run(['status', 'test-ebs', '--sandbox', '--json']);
  expect(status.exit, status.stderr).toBe(0);
  const seen = JSON.parse(status.stdout).parameters as { state: string }[];
  expect(seen.map(({ state }) => state)).toEqual(['current', 'current', 'current', 'current']);
  const puts = async () =>
    (await sandbox.calls()).filter(({ operation }) => /^(Put|AddTags)/.test(operation)).length;
  const before = await puts();
  const again = await project.run([...words, '--json']);
  expect(again.exit, again.stderr).toBe(0);
  expect(resultOf(again).parameters?.each.map(({ outcome }) => outcome)).toEqual(Array(4).fill('current'));
  expect(await puts()).toBe(before);
});

it('a candidate writes none, and another publication’s are not overwritten', async () => {
  const before = await parameters();
  const candidate = await project.run(['publish', 'test-ebs@1.1.0-rc1', '--sandbox', '--yes', '--json']);
  expect(candidate.exit, candidate.stderr).toBe(0);
  expect(resultOf(candidate).parameters).toBeUndefined();
  await project.config('other', (config) => {
    config.parameters = ['/web/latest/{image}'];
  });
  const refused = await project.run(['plan', 'other', '--sandbox']);
  expect(refused.exit, refused.stderr).toBe(4);
  expect(refused.stdout).toContain("somebody else's");
  expect(refused.stderr).toContain('us-east-1: /web/latest/2204-hvm: expected no parameter yet');
  const taking = await project.run(['plan', 'other', '--sandbox', '--take-over-parameters']);
  expect(taking.exit, taking.stderr).toBe(0);
  expect(taking.stdout).toContain('2 to be overwritten');
  expect(await parameters()).toEqual(before);
});
