import { readFile, writeFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';

const file = new URL('../../docs/output.schema.json', import.meta.url);
const schema = JSON.parse(await readFile(file, 'utf8'));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addSchema(schema, 'output');
const validate = ajv.getSchema('output#/definitions/refused');

let project: Project;
beforeAll(async () => {
  project = await newProject();
  await project.config('wrong', (config) => {
    config.version = 1;
    config.sahre = {};
  });
  await project.config('public', (config) => {
    config.regions = { 'us-east-1': {}, 'eu-west-1': {} };
    config.share = { public: true };
  });
  await project.config('another', (config) => {
    config.account = '999999999999';
  });
  await writeFile(project.path('none.plan'), '{}');
});
afterAll(() => project.remove());

/** The last line on stdout, which must match the schema. */
function refusedBy({ stdout, exit }: Run): Record<string, unknown> {
  const line = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(validate?.(line), ajv.errorsText(validate?.errors)).toBe(true);
  expect(line.exit).toBe(exit);
  return line;
}

describe('with --json a refusal is the last line on stdout', () => {
  it.each([
    [['plan', 'test-eb', '--sandbox'], 'publication-not-found', 2],
    [['status', 'test-ebs', '--sandbox', '--yse'], 'usage-error', 2],
    [['sandbox'], 'usage-error', 2],
    [['publish', 'test-ebs', '--sandbox', '--parallel', '0'], 'usage-error', 2],
    [['publish', 'test-ebs', '--sandbox', '--plan', 'none.plan'], 'plan-file-invalid', 2],
    [['publish', 'test-ebs', '--sandbox', '--plan', 'nowhere'], 'file-unreadable', 2],
    [['cleanup', 'test-ebs', '--sandbox', '--only', 'x', '--leftovers'], 'no-target-selected', 2],
    [['publish', 'another', '--sandbox', '--yes'], 'wrong-account', 4],
    [['status', 'test-ebs'], 'no-credentials', 4],
    [['plan', 'test-ebs', '--sandbox-url', 'http://127.0.0.1:1'], 'sandbox-failed', 4],
  ])('%j: %s', async (words, code, exit) => {
    const run = await project.run([...words, '--json']);
    const line = refusedBy(run);
    expect(line).toMatchObject({ code, exit });
    expect(run.stderr.trimEnd()).toBe(line.message);
  });

  it('after the events of a run, in parts', async () => {
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--json']);
    expect(JSON.parse(run.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'planned' });
    expect(refusedBy(run)).toMatchObject({ code: 'confirmation-required', exit: 4 });
  });

  it('with all mistakes in a config', async () => {
    const line = refusedBy(await project.run(['plan', 'wrong', '--sandbox', '--json']));
    const places = ['configs/wrong.json: version', 'configs/wrong.json: sahre'];
    expect((line.problems as { place: string }[]).map(({ place }) => place).sort()).toEqual(places.sort());
    expect(line).toMatchObject({ code: 'config-invalid', found: expect.any(String) });
  });

  it('with everything that AWS would refuse, each with its code', async () => {
    const sandbox = await project.sandbox([], {
      accounts: [{ imageBlockPublicAccess: 'block-new-sharing', quotas: { 'L-0E3CBAB9': 1 } }],
    });
    const plan = await project.run(['plan', 'public', '--sandbox']);
    const run = await project.run(['publish', 'public', '--sandbox', '--json', '--yes']);
    await sandbox.stop();
    expect([plan.exit, plan.stderr]).toEqual([4, expect.stringMatching(/^publish would be refused: AWS/)]);
    const line = refusedBy(run);
    expect(line).toMatchObject({ code: 'image-block-public-access', exit: 4 });
    const problems = line.problems as { code: string; place: string }[];
    expect(problems.map(({ code, place }) => `${code} ${place.split(':')[0]}`).sort()).toEqual([
      'image-block-public-access eu-west-1',
      'image-block-public-access us-east-1',
      'public-ami-quota eu-west-1',
      'public-ami-quota us-east-1',
    ]);
  });
});

it('without --json stdout stays empty', async () => {
  const run = await project.run(['plan', 'test-eb', '--sandbox']);
  expect([run.exit, run.stdout]).toEqual([2, '']);
});

describe('a failed lookup is reported in JSON with call, error and region', () => {
  const denied = (on: string, region = 'us-east-1'): Fault => ({
    on,
    region,
    times: 0,
    does: { error: 'UnauthorizedOperation', message: 'not today', status: 403 },
  });
  const failedCall = (operation: string, region = 'us-east-1') => ({
    operation,
    region,
    code: 'UnauthorizedOperation',
    message: 'not today',
  });
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    await project.config('two', (config) => {
      config.regions = { 'us-east-1': {}, 'eu-west-1': { bestEffort: true } };
    });
    sandbox = await project.sandbox([
      denied('ec2:DescribeKeyPairs'),
      denied('ec2:DescribeKeyPairs', 'eu-west-1'),
    ]);
  });
  afterAll(() => sandbox.stop());

  it.each([
    ['status', 'statusOutput'],
    ['plan', 'plan'],
  ])('%s --json', async (command, definition) => {
    const run = await project.run([command, 'two', '--sandbox', '--json']);
    const output = JSON.parse(run.stdout);
    const check = ajv.getSchema(`output#/definitions/${definition}`);
    expect(check?.(output), ajv.errorsText(check?.errors)).toBe(true);
    expect(run.exit).toBe(1);
    const told = output.targets.map(({ name, failedCall: call }: { name: string; failedCall: unknown }) => [
      name,
      call,
    ]);
    expect(told).toContainEqual(['us-east-1-2204-hvm', failedCall('ec2:DescribeKeyPairs')]);
    expect(told).toContainEqual(['eu-west-1-2204-hvm', failedCall('ec2:DescribeKeyPairs', 'eu-west-1')]);
  });

  it('publish --json: in the plan, and in the parts of the refusal', async () => {
    const run = await project.run(['publish', 'two', '--sandbox', '--json', '--yes']);
    const [planned] = run.stdout.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
    const check = ajv.getSchema('output#/definitions/event');
    expect(check?.(planned), ajv.errorsText(check?.errors)).toBe(true);
    expect(planned.targets[0]).toMatchObject({
      status: 'unknown',
      failedCall: failedCall('ec2:DescribeKeyPairs'),
    });
    expect(planned.leftOut[0]).toMatchObject({
      region: 'eu-west-1',
      failedCall: failedCall('ec2:DescribeKeyPairs', 'eu-west-1'),
    });
    expect(refusedBy(run)).toMatchObject({
      code: 'lookup-failed',
      exit: 1,
      place: 'us-east-1-2204-hvm',
      expected: 'an answer to ec2:DescribeKeyPairs in us-east-1',
      found: 'UnauthorizedOperation: not today',
    });
  });

  it('cleanup --json: for the regions that it leaves alone', async () => {
    await sandbox.addFaults([denied('ec2:DescribeImages', 'eu-west-1')]);
    const run = await project.run(['cleanup', 'two', '--sandbox', '--json', '--keep-last', '1']);
    const [planned] = run.stdout.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
    const check = ajv.getSchema('output#/definitions/cleanupEvent');
    expect(check?.(planned), ajv.errorsText(check?.errors)).toBe(true);
    expect(planned.unseen).toMatchObject([
      { region: 'eu-west-1', failedCall: failedCall('ec2:DescribeImages', 'eu-west-1') },
    ]);
  });
});
