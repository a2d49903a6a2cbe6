import { existsSync, readFileSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultOf } from './events.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const friend = '210987654321';
const copy = '.gopackgo/sandbox/ami_ids.json';
const historic =
  '{"us-east-1": [{"id": "ami-2222aaa2", "Distributor ID": "Ubuntu", "Release": "12.04", "virtualization type": "paravirtual"}]}\n';
const words = ['publish', 'test-ebs', '--sandbox', '--yes'];

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  await writeFile(project.path('ami_ids.json'), historic);
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

const record = (file: string) =>
  project.config('test-ebs', (config) => {
    config.record = file;
    config.share = { accounts: [friend] };
    config.notify = [{ on: ['failed'], command: ['tee', 'told.json'] }];
  });

const textOf = (file: string) => readFileSync(project.path(file), 'utf8');
const changing = async () =>
  (await sandbox.calls()).filter((call) => !/^(Describe|Get)/.test(call.operation)).length;

/** The expected content of the file: the old entry, and the AMIs that AWS has now. */
async function expected(): Promise<string> {
  const { amis } = await stateOf(sandbox.clients);
  const entries = [
    ['1204', 'ami-2222aaa2', 'pv'],
    ...amis.map(({ id, name }) => [name.includes('2204') ? '2204' : '2404', id, 'hvm']),
  ].map(([Release, id, virtualization]) => ({
    'Distributor ID': 'Ubuntu',
    Release,
    id,
    'virtualization type': virtualization,
  }));
  expect(entries).toHaveLength(3);
  return `${JSON.stringify({ 'us-east-1': entries }, null, 4)}\n`;
}

it('refuses a file that does not match its format before anything is made', async () => {
  await record('ami_ids.json');
  await writeFile(project.path('ami_ids.json'), '{"us-east-1": {}}');
  const run = await project.run(words);
  expect(run.exit, run.stderr).toBe(4);
  expect(run.stderr).toContain('ami_ids.json: us-east-1: expected a list of AMIs, found an empty object');
  expect(textOf('ami_ids.json')).toBe('{"us-east-1": {}}');
  expect(await changing()).toBe(0);
  await writeFile(project.path('ami_ids.json'), historic);
});

it('records nothing if the selection leaves out a required target', async () => {
  const run = await project.run([...words, '--only', '2204-hvm', '--json']);
  expect(run.exit, run.stderr).toBe(0);
  expect(resultOf(run)).toMatchObject({
    recorded: false,
    record: { is: 'unchanged', file: copy, missing: ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] },
  });
  expect(existsSync(project.path(copy))).toBe(false);
});

it('records to the sandbox’s copy once everything is shared and read back, and leaves the project’s file alone', async () => {
  const run = await project.run(words);
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stdout).toContain(`  recorded            ${copy}: 2 added, 0 replaced\n`);
  expect(textOf(copy)).toBe(await expected());
  expect(textOf('ami_ids.json')).toBe(historic);

  const again = await project.run([...words, '--json']);
  expect(again.exit, again.stderr).toBe(0);
  const result = resultOf(again);
  expect(result).toMatchObject({
    recorded: true,
    record: { is: 'recorded', added: 0, replaced: 0, same: 2 },
  });
  const schema = JSON.parse(readFileSync(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ allowUnionTypes: true })
    .addSchema(schema, 'output')
    .getSchema('output#/definitions/resultEvent');
  expect(validate?.(result), JSON.stringify(validate?.errors)).toBe(true);
});

it('against AWS writes the project’s file; one that cannot be written fails the run without losing an id', async () => {
  const longName = `${'i'.repeat(245)}.json`;
  await record(longName);
  const real = ['publish', 'test-ebs', '--yes', '--json'];
  const failed = await project.run(real, sandbox.environment);
  expect(failed.exit, failed.stderr).toBe(1);
  const result = resultOf(failed);
  expect(result).toMatchObject({
    recorded: false,
    record: { is: 'failed', why: expect.stringContaining('ENAMETOOLONG') },
  });
  expect(JSON.parse(textOf('.gopackgo/test-ebs@1.0.0/result.json'))).toMatchObject({
    record: { is: 'failed' },
  });
  expect(JSON.parse(textOf('configs/told.json'))).toMatchObject({
    outcome: 'failed',
    problems: [expect.stringMatching(/^iii.*json was not written: .*ENAMETOOLONG/)],
  });
  const { amis } = await stateOf(sandbox.clients);
  for (const { id } of amis) {
    expect(failed.stdout).toMatch(new RegExp(`"type":"warning".*could not be written.*${id}`));
    expect(result.targets.map(({ ami }) => ami)).toContain(id);
  }

  await record('ami_ids.json');
  const fixed = await project.run(real, sandbox.environment);
  expect(fixed.exit, fixed.stderr).toBe(0);
  expect(resultOf(fixed)).toMatchObject({ recorded: true, record: { file: 'ami_ids.json', added: 2 } });
  expect(textOf('ami_ids.json')).toBe(await expected());
  const inFolder = await readdir(project.folder);
  expect(inFolder.filter((name) => /^ami_ids|^iii|part$/.test(name))).toEqual(['ami_ids.json']);
});

it('records in every format at once, and export prints the same from AWS alone', async () => {
  const files = {
    terraform: 'amis.auto.tfvars.json',
    cloudformation: 'mappings.json',
    json: 'amis.json',
    markdown: 'IMAGES.md',
  };
  await project.config('test-ebs', (config) => {
    config.record = Object.entries(files).map(([as, file]) => ({ file, as }));
    config.share = { accounts: [friend] };
  });
  const run = await project.run([...words, '--json']);
  expect(run.exit, run.stderr).toBe(0);
  const { records } = resultOf(run);
  expect(records?.map(({ is, file }) => [is, file])).toEqual(
    Object.values(files).map((file) => ['recorded', `.gopackgo/sandbox/${file}`]),
  );
  rmSync(project.path('.gopackgo/sandbox/releases'), { recursive: true });
  const { amis } = await stateOf(sandbox.clients);
  for (const [as, file] of Object.entries(files)) {
    const text = textOf(`.gopackgo/sandbox/${file}`);
    for (const { id } of amis) expect(text).toContain(id);
    const printed = await project.run(['export', 'test-ebs', '--sandbox', '--as', as]);
    expect(printed.exit, printed.stderr).toBe(0);
    expect(printed.stdout).toBe(text);
  }
  const missing = await project.run(['export', 'test-ebs@9.9.9', '--sandbox', '--as', 'ids']);
  expect([missing.exit, missing.stdout]).toEqual([1, '']);
  expect(missing.stderr).toContain('us-east-1-2204-hvm: not exported: it is absent');
});

it('sandbox reset removes the copy', async () => {
  const reset = await project.run(['sandbox', 'reset']);
  expect(reset.exit, reset.stderr).toBe(0);
  expect(existsSync(project.path(copy))).toBe(false);
  expect(existsSync(project.path('ami_ids.json'))).toBe(true);
});
