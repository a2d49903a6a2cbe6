import { readFile, writeFile } from 'node:fs/promises';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalIn } from '../../sandbox/testing/index.ts';
import { eventsOfType, resultOf } from './events.ts';
import { scriptEnds } from './faults.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const friend = '210987654321';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const publish = (...more: string[]) => project.run(['publish', 'test-ebs', '--sandbox', ...more]);

/** Somebody fixes the script that all images use. */
async function mendScript(): Promise<void> {
  const script = project.path('configs/provision/hello.sh');
  await writeFile(script, `${await readFile(script, 'utf8')}\n# fixed\n`);
}

const idsIn = async (sandbox: RunningSandbox) => (await stateOf(sandbox.clients)).amis.map(({ id }) => id);

describe('after a script failed on one image and was fixed', () => {
  let failed: Project;
  let sandbox: RunningSandbox;
  let kept = '';
  beforeAll(async () => {
    project = failed = await newProject();
    const first = await failed.sandbox([scriptEnds(noble, { exit: 9, stderr: 'no\n' })]);
    const run = await publish('--yes');
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain('gopackgo publish test-ebs --sandbox --replace   rebuilds 2');
    expect(run.stderr).toContain('gopackgo publish test-ebs --sandbox --accept-mixed   builds 1 AMI');
    [kept = ''] = await idsIn(first);
    await mendScript();
    await first.stop();
  });
  afterAll(() => failed.remove());
  beforeEach(async () => {
    project = await newProject(failed);
    sandbox = await project.sandbox();
  });

  it('the same command is refused, names both options, and makes nothing', async () => {
    const run = await publish('--yes');
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(new RegExp(`${jammy}: ${kept} was built from another recipe`));
    expect(run.stderr).toMatch(/^ {2}--replace .*\n {2}--accept-mixed /m);
    expect(await idsIn(sandbox)).toEqual([kept]);
  });

  it('plan has the exit status of that refusal, and 0 with an option that lets publish start', async () => {
    const plan = (...more: string[]) => project.run(['plan', 'test-ebs', '--sandbox', ...more]);
    const refused = await plan();
    expect(refused.exit).toBe(4);
    expect(refused.stdout).toContain('in conflict 1');
    expect(refused.stderr).toMatch(/^publish would be refused: .*\n(.*\n)* {2}--replace /);
    expect((await plan('--only', noble)).exit).toBe(0);
    const replacing = await plan('--replace', '--take-over');
    expect(replacing.exit, replacing.stderr).toBe(0);
    expect(replacing.stdout).toContain('to build 2 · already there 0 · in conflict 0');
    expect((await plan('--replace', '--out', 'plan.json')).exit).toBe(2);
    expect(await idsIn(sandbox)).toEqual([kept]);
  });

  it('--replace rebuilds both, and writes down what it removed', async () => {
    const run = await publish('--replace', '--yes', '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'planned')).toMatchObject([
      { toBuild: 2, inConflict: 0, replaces: [{ target: jammy, ami: kept }] },
    ]);
    expect(eventsOfType(run, 'removed').map(({ kind, target }) => [kind, target])).toEqual([
      ['AMI', jammy],
      ['snapshot', jammy],
    ]);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toHaveLength(2);
    expect(amis.map(({ id }) => id)).not.toContain(kept);
    expect(leftovers).toEqual([]);
    const folder = resultOf(run).folder;
    const written = (await readFile(project.path(folder, 'replaced.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(written.map((line) => JSON.parse(line))).toMatchObject([{ target: jammy, ami: kept }]);
  });

  it('--replace keeps AMIs that any publication of the project records', async () => {
    const record = {
      'us-east-1': [{ id: kept, 'Distributor ID': 'Ubuntu', Release: '2204', 'virtualization type': 'hvm' }],
    };
    await project.config('other', (config) => {
      config.record = 'other.json';
    });
    await writeFile(project.path('.gopackgo/sandbox/other.json'), JSON.stringify(record));
    const run = await publish('--replace', '--yes');
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain(`${jammy}: ${kept} is kept: it is recorded`);
    expect(await idsIn(sandbox)).toEqual([kept]);
  });

  it('--replace asks first, and removes nothing if there is nobody to ask', async () => {
    const run = await publish('--replace');
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain(`${jammy}: ${kept} snap-`);
    expect(await idsIn(sandbox)).toEqual([kept]);
  });

  it('--accept-mixed builds the missing one, and says which one is of another recipe', async () => {
    const run = await publish('--accept-mixed', '--yes');
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stdout).toContain(`another recipe      1 AMI kept: ${jammy}\n`);
    expect(await idsIn(sandbox)).toContain(kept);
    const plan = await project.run(['plan', 'test-ebs', '--sandbox', '--accept-mixed']);
    expect(plan.stdout).toContain(`${jammy}: built from another recipe, kept as it is (--accept-mixed)`);
    expect(plan.stdout).toContain('already there 2 · in conflict 0');
    expect(run.stderr).toContain('gopackgo status test-ebs --sandbox --accept-mixed   shows it');
    const status = await project.run(['status', 'test-ebs', '--sandbox', '--accept-mixed']);
    expect(status.exit, status.stderr).toBe(0);
    expect(status.stdout).toContain('2 of 2 verified');

    const file = ['--accept-mixed', '--out', 'plan.json'];
    expect((await project.run(['plan', 'test-ebs', '--sandbox', ...file])).exit).toBe(0);
    const reviewed = await publish('--plan', 'plan.json', '--json');
    expect(reviewed.exit, reviewed.stderr).toBe(0);
    expect(resultOf(reviewed).targets).toMatchObject([{ mixed: true }, { name: noble }]);
  });
});

it('--replace never touches shared AMIs', async () => {
  await project.config('test-ebs', (config) => {
    config.share = { accounts: [friend] };
  });
  const sandbox = await project.sandbox();
  expect((await publish('--yes')).exit).toBe(0);
  const before = await idsIn(sandbox);
  await mendScript();
  const run = await publish('--replace', '--yes');
  expect(run.exit).toBe(4);
  expect(run.stderr).toContain(`is kept: it is shared with ${friend}`);
  expect(run.stderr).toContain('Raise "version"');
  expect(await idsIn(sandbox)).toEqual(before);
});

it.each([
  [['--replace', '--accept-mixed'], '--replace and --accept-mixed'],
  [['--plan', 'x.json', '--take-over'], '--plan and --take-over'],
  [['--debug', '--json'], '--debug and --json'],
])('%j exclude each other', async (words, said) => {
  const run = await publish(...words);
  expect(run.exit).toBe(2);
  expect(run.stderr).toContain(`${said}: expected one of them, found both`);
});

it("--take-over ends another host's build at any age, and rebuilds", async () => {
  const sandbox = await project.sandbox();
  const base = canonicalIn('us-east-1').find(({ image }) => image.name.includes('24.04-amd64'))?.image;
  const tags = {
    'gopackgo:release': 'test-ebs@1.0.0',
    'gopackgo:target': noble,
    'gopackgo:base': `${base?.owner}/${base?.name}`,
    'gopackgo:host': 'a-laptop',
    'gopackgo:attempt': 'abc.4711',
  };
  const { Instances = [] } = await sandbox.clients.ec2('us-east-1').send(
    new RunInstancesCommand({
      ImageId: base?.id,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      ],
    }),
  );
  const instance = Instances[0]?.InstanceId ?? '';

  const asked = await publish('--take-over', '--only', noble);
  expect(asked.exit).toBe(4);
  expect(asked.stderr).toContain(`${noble}: ${instance} of host a-laptop, since `);
  expect((await stateOf(sandbox.clients)).leftovers).toContain(`instance ${instance} running`);

  const run = await publish('--take-over', '--only', noble, '--yes', '--json');
  expect(run.exit, run.stderr).toBe(0);
  expect(eventsOfType(run, 'removed')).toMatchObject([{ kind: 'instance', id: instance, target: noble }]);
  expect(resultOf(run).targets).toMatchObject([{ name: noble, status: 'verified', attempts: 1 }]);
  expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
});

it('--fail-fast starts nothing after the first failure, and says so for each target that it did not start', async () => {
  const sandbox = await project.sandbox([scriptEnds(jammy, { exit: 9, stderr: 'no\n' })]);
  const run = await publish('--fail-fast', '--no-parallel', '--yes', '--json');
  expect(run.exit, run.stderr).toBe(1);
  expect(eventsOfType(run, 'attempt-started').map(({ target }) => target)).toEqual([jammy]);
  expect(resultOf(run).targets).toMatchObject([
    { name: jammy, status: 'failed', error: { kind: 'provisioner' } },
    { name: noble, attempts: 0, error: { message: `not started: ${jammy} failed (--fail-fast)` } },
  ]);
  expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
});
