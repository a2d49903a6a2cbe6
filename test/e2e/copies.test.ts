import { afterEach, beforeEach, expect, it } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const friend = '210987654321';
const regions = ['us-east-1', 'eu-west-1', 'sa-east-1'];

let project: Project;
let sandbox: RunningSandbox;
beforeEach(async () => {
  project = await newProject();
  await project.config('copied', (config) => {
    config.regions = regions;
    config.copyFrom = 'us-east-1';
    config.share = { accounts: [friend] };
  });
  sandbox = await project.sandbox();
});
afterEach(() => project.remove());

const run = (command: string, ...words: string[]) => project.run([command, 'copied', '--sandbox', ...words]);
const amisIn = async (region: string) => (await stateOf(sandbox.clients, region)).amis;
const changes = async () =>
  (await sandbox.calls()).filter((call) => !/^(Describe|Get|List)/.test(call.operation));

it('builds in one region with real Packer, copies to two, shares, and cleans up everything', async () => {
  const planned = await run('plan', '--out', 'plan.json');
  expect(planned.exit, planned.stderr).toBe(0);
  expect(planned.stdout).toContain('to build 2 · to copy 4');
  expect(planned.stdout).toMatch(/eu-west-1-2204-hvm +to copy +copy of us-east-1-2204-hvm/);
  const json = JSON.parse((await run('plan', '--json')).stdout);
  const [built, , copied] = json.targets;
  expect([built.copy, copied.copy]).toEqual([undefined, { from: 'us-east-1-2204-hvm', region: 'us-east-1' }]);

  const generated = await run('generate', '--out', 'templates');
  expect(generated.stdout.trim()).toBe('templates/us-east-1.pkr.json');

  const published = await run('publish', '--yes', '--plan', 'plan.json');
  expect(published.exit, published.stderr).toBe(0);
  for (const region of regions) {
    const { amis, leftovers } = await stateOf(sandbox.clients, region);
    expect([amis.map(({ name, state }) => `${name} ${state}`), leftovers]).toEqual([
      ['gopackgo copied 1.0.0 2204-hvm available', 'gopackgo copied 1.0.0 2404-hvm available'],
      [],
    ]);
    for (const { id } of amis) expect(published.stdout).toContain(id);
  }
  const made = (await changes()).map(({ operation, region }) => `${operation} ${region}`);
  expect(
    made.filter((call) => /^(RunInstances|CreateImage) /.test(call)).map((call) => call.split(' ')[1]),
  ).toEqual(Array(4).fill('us-east-1'));
  expect(made.filter((call) => call.startsWith('CopyImage')).sort()).toEqual([
    'CopyImage eu-west-1',
    'CopyImage eu-west-1',
    'CopyImage sa-east-1',
    'CopyImage sa-east-1',
  ]);

  const status = await run('status', '--json');
  expect(JSON.parse(status.stdout).targets.map((target: { status: string }) => target.status)).toEqual(
    Array(6).fill('shared'),
  );
  const before = (await changes()).length;
  const again = await run('publish', '--yes');
  expect(again.exit, again.stderr).toBe(0);
  expect(await changes()).toHaveLength(before);

  const cleaned = await run(
    'cleanup',
    '--keep-last',
    '0',
    '--guard-period',
    '0d',
    '--including-shared',
    '--max-share',
    '100%',
    '--yes',
  );
  expect(cleaned.exit, cleaned.stderr + cleaned.stdout).toBe(0);
  for (const region of regions)
    expect(await stateOf(sandbox.clients, region)).toEqual({ amis: [], leftovers: [] });
});

it('a reviewed plan is refused once the config makes copies in another way', async () => {
  const planned = await run('plan', '--out', 'plan.json');
  expect(planned.exit, planned.stderr).toBe(0);
  await project.config('copied', (config) => {
    config.regions = { 'us-east-1': {}, 'eu-west-1': { build: true }, 'sa-east-1': {} };
    config.copyFrom = 'us-east-1';
    config.share = { accounts: [friend] };
  });
  const published = await run('publish', '--yes', '--plan', 'plan.json');
  expect(published.exit).toBe(4);
  expect(published.stderr).toContain('copied from: was "us-east-1-2204-hvm", is nothing');
});

it('--only with a copy includes its source, unless --except excludes it', async () => {
  const only = await run('publish', '--yes', '--only', 'sa-east-1-2404-hvm');
  expect(only.exit, only.stderr).toBe(0);
  expect([await amisIn('us-east-1'), await amisIn('eu-west-1'), await amisIn('sa-east-1')]).toMatchObject([
    [{ name: 'gopackgo copied 1.0.0 2404-hvm' }],
    [],
    [{ name: 'gopackgo copied 1.0.0 2404-hvm' }],
  ]);
  const alone = await run('publish', '--yes', '--only', 'sa-east-1-2204-hvm', '--except', 'us-east-1');
  expect(alone.exit).toBe(1);
  expect(alone.stdout + alone.stderr).toContain('not copied: us-east-1-2204-hvm, its source, is absent');
});
