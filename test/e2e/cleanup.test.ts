import { readFile, writeFile } from 'node:fs/promises';
import {
  EnableImageDeregistrationProtectionCommand,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CleanupEvent, CleanupPlan, CleanupResult } from '../../src/model/events.ts';
import { scriptEnds } from './faults.ts';
import { newProject, type Project, type Run, type RunningSandbox, until } from './project.ts';
import { stateOf } from './state.ts';
import { atTerminal } from './terminal.ts';

const friend = '210987654321';
const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const schema = JSON.parse(await readFile(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addSchema(schema, 'output');

let project: Project;
let sandbox: RunningSandbox;

const cleanup = (name: string, ...more: string[]) =>
  project.run(['cleanup', name, '--sandbox', '--guard-period', '0d', ...more]);
const publish = async (name: string) => {
  const run = await project.run(['publish', name, '--sandbox', '--yes', '--quiet']);
  expect(run.exit, run.stderr).toBe(0);
};
const state = () => stateOf(sandbox.clients);
const releases = async () => (await state()).amis.map(({ tags }) => tags['gopackgo:release']);

/** The output of `cleanup --json`. Throws if a line does not match the schema. */
function told(run: Run): { events: CleanupEvent[]; plan: CleanupPlan; result: CleanupResult } {
  const events = run.stdout
    .trimEnd()
    .split('\n')
    .map((line): CleanupEvent => JSON.parse(line));
  const validate = ajv.getSchema('output#/definitions/cleanupEvent');
  const wrong = events.flatMap((event) =>
    validate?.(event) ? [] : [`${ajv.errorsText(validate?.errors)}: ${JSON.stringify(event)}`],
  );
  expect(wrong).toEqual([]);
  const [plan, result] = [events[0], events.at(-1)];
  if (plan?.type !== 'cleanup-planned' || result?.type !== 'result') throw new Error(run.stdout);
  return { events, plan, result };
}

const atQuestion = (words: string[], answer: string) =>
  atTerminal(project.folder, words, { question: /Type \d+ to delete [^:]+: /, types: { answer } });

describe('two releases', () => {
  let published: Project;
  beforeAll(async () => {
    project = published = await newProject();
    const first = await published.sandbox();
    await publish('test-ebs@1.0.0');
    await publish('test-ebs@1.1.0');
    await first.stop();
  });
  afterAll(() => published.remove());
  beforeEach(async () => {
    project = await newProject(published);
    sandbox = await project.sandbox();
  });
  afterEach(() => project.remove());

  it('the plan is shown and nothing is deleted; --yes deletes the named release, and a second time finds nothing left to do', async () => {
    const before = await state();
    const shown = await cleanup('test-ebs@1.0.0', '--json');
    expect(shown.exit, shown.stderr).toBe(0);
    const { plan, result } = told(shown);
    expect(plan.amis.map(({ release, verdict, reasons }) => [release, verdict, reasons[0]?.reason])).toEqual([
      ['test-ebs@1.1.0', 'keep', 'not chosen'],
      ['test-ebs@1.0.0', 'delete', undefined],
      ['test-ebs@1.1.0', 'keep', 'not chosen'],
      ['test-ebs@1.0.0', 'delete', undefined],
    ]);
    expect(result).toMatchObject({ applied: false, exit: 0, removed: { amis: 0 } });
    expect(await state()).toEqual(before);

    const done = await cleanup('test-ebs@1.0.0', '--json', '--yes');
    expect(done.exit, done.stderr).toBe(0);
    expect(told(done).result).toMatchObject({ applied: true, removed: { amis: 2, snapshots: 2 } });
    const { time: _, ...last } = told(done).events.at(-1) as CleanupEvent;
    const file = '.gopackgo/sandbox/releases/test-ebs@1.0.0/cleanup-result.json';
    expect(JSON.parse(await readFile(project.path(file), 'utf8'))).toEqual(last);
    expect(await releases()).toEqual(['test-ebs@1.1.0', 'test-ebs@1.1.0']);
    expect((await state()).leftovers).toEqual([]);

    const again = await cleanup('test-ebs@1.0.0', '--json', '--yes');
    expect(again.exit, again.stderr).toBe(0);
    expect(told(again).result.removed).toEqual({
      amis: 0,
      snapshots: 0,
      bundles: 0,
      buckets: 0,
      leftovers: 0,
    });
  });

  it('AMIs in use or shared are kept, with the reason; the newest are kept if AMIs are chosen by age', async () => {
    const { amis } = await state();
    const [first, second] = amis.filter(({ tags }) => tags['gopackgo:release'] === 'test-ebs@1.0.0');
    const ec2 = sandbox.clients.ec2('us-east-1');
    await ec2.send(
      new RunInstancesCommand({ ImageId: first?.id, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
    );
    await ec2.send(
      new ModifyImageAttributeCommand({
        ImageId: second?.id,
        LaunchPermission: { Add: [{ UserId: friend }] },
      }),
    );
    const run = await cleanup('test-ebs', '--keep-last', '1', '--max-share', '100%', '--yes', '--json');
    expect(run.exit, run.stderr).toBe(0);
    const { plan } = told(run);
    const reasons = (id: string | undefined) =>
      plan.amis.find(({ ami }) => ami === id)?.reasons.map(({ reason }) => reason);
    expect([reasons(first?.id), reasons(second?.id)]).toEqual([['referenced'], ['shared']]);
    expect(await releases()).toHaveLength(4);

    const shared = await cleanup('test-ebs@1.0.0', '--including-shared', '--yes');
    expect(shared.exit, shared.stderr).toBe(0);
    expect((await state()).amis.map(({ id }) => id)).toEqual(
      amis.map(({ id }) => id).filter((id) => id !== second?.id),
    );
  });

  it('the retention of the config applies if the command names only the publication', async () => {
    await project.config('test-ebs', (config) => {
      config.retention = { keepLast: 1 };
    });
    const run = await cleanup('test-ebs', '--yes', '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).plan.asked).toMatchObject({ keepLast: 1, olderThan: 0, maxShare: 0.5 });
    expect(await releases()).toEqual(['test-ebs@1.1.0', 'test-ebs@1.1.0']);
  });

  it('protection is turned off for AMIs to delete; one with a cooldown stays for a day, which is no failure', async () => {
    await project.config('test-ebs', (config) => {
      config.deregistrationProtection = true;
    });
    const ec2 = sandbox.clients.ec2('us-east-1');
    const { amis } = await state();
    const old = amis.filter(({ tags }) => tags['gopackgo:release'] === 'test-ebs@1.0.0');
    for (const [at, { id }] of old.entries()) {
      const protect = { ImageId: id, WithCooldown: at === 1 };
      await ec2.send(new EnableImageDeregistrationProtectionCommand(protect));
    }
    const run = await cleanup('test-ebs@1.0.0', '--yes');
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toContain('to turn off: the protection of 1 AMI');
    expect(run.stderr).toMatch(new RegExp(`! us-east-1 ${old[1]?.id} .*can be deleted after \\d{4}-`));
    expect(run.stdout).toContain(
      'test-ebs@1.0.0: deleted 1 AMI and 1 snapshot; turned off the protection of 1 AMI.',
    );
    const again = await cleanup('test-ebs@1.0.0', '--yes', '--json');
    expect(again.exit, again.stderr).toBe(0);
    const { plan } = told(again);
    expect(plan.amis.find(({ ami }) => ami === old[1]?.id)?.reasons).toEqual([
      {
        reason: 'deregistration protection',
        said: expect.stringMatching(/^its deregistration protection was turned off; it can be deleted after/),
      },
    ]);
    expect(await releases()).toHaveLength(3);
  });

  it('retention retires first; a retired release is left alone, restored, and finally deleted', async () => {
    await project.config('test-ebs', (config) => {
      config.share = { accounts: [friend] };
      config.retention = { keepLast: 1, retireFor: '30d' };
    });
    const share = { LaunchPermission: { Add: [{ UserId: friend }] } };
    const before = await state();
    const old = before.amis.filter(({ tags }) => tags['gopackgo:release'] === 'test-ebs@1.0.0');
    for (const { id } of old)
      await sandbox.clients.ec2('us-east-1').send(new ModifyImageAttributeCommand({ ImageId: id, ...share }));
    const shared = await state();
    const retire = ['--including-shared', '--max-share', '100%', '--yes'];
    const shown = await cleanup('test-ebs', ...retire.slice(0, -1));
    expect(shown.stdout).toContain(
      'to retire: 2 AMIs, which are private and disabled then, and deleted later',
    );
    expect(await state()).toEqual(shared);

    const run = await cleanup('test-ebs', ...retire, '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).result.amis.map(({ outcome }) => outcome)).toEqual(['retired', 'retired']);
    const listed = await project.run(['releases', 'test-ebs', '--sandbox']);
    expect(listed.stdout).toMatch(/test-ebs@1\.0\.0 .* retired +nobody/);
    const again = await cleanup('test-ebs', ...retire, '--json');
    expect([again.exit, told(again).result.amis]).toEqual([0, []]);
    const refused = await project.run(['publish', 'test-ebs@1.0.0', '--sandbox', '--yes']);
    expect([refused.exit, refused.stderr]).toEqual([
      4,
      expect.stringContaining('gopackgo cleanup test-ebs@1.0.0 --sandbox --restore'),
    ]);
    const wrong = await cleanup('test-ebs@1.0.0', '--restore', '--keep-last', '1');
    expect([wrong.exit, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/--restore and --(guard-period|keep-last)/),
    ]);
    const unnamed = await project.run(['cleanup', 'test-ebs', '--restore', '--sandbox']);
    expect([unnamed.exit, unnamed.stderr]).toEqual([
      2,
      expect.stringContaining('expected a release, with its version'),
    ]);

    const restore = ['cleanup', 'test-ebs@1.0.0', '--restore', '--sandbox'];
    const plan = await project.run(restore);
    expect(plan.stdout).toMatch(/enabled +2 AMIs of test-ebs@1\.0\.0/);
    const restored = await project.run([...restore, '--yes']);
    expect(restored.exit, restored.stderr).toBe(0);
    expect(restored.stdout).toContain('test-ebs@1.0.0: restored');
    const back = (await state()).amis.filter(({ tags }) => tags['gopackgo:release'] === 'test-ebs@1.0.0');
    expect(back.every(({ tags }) => !('gopackgo:retired' in tags))).toBe(true);

    const kept = await cleanup('test-ebs@1.0.0', '--json');
    const reasons = told(kept).plan.amis.flatMap(({ release, reasons: all }) =>
      release === 'test-ebs@1.0.0' ? all.map(({ reason }) => reason) : [],
    );
    expect(reasons).toEqual(['shared', 'shared']);
    const deleted = await cleanup('test-ebs@1.0.0', '--including-shared', '--usage', '--yes');
    expect(deleted.exit, deleted.stderr).toBe(0);
    expect(deleted.stderr).toContain(
      'EC2 is asked who uses these AMIs; those that other accounts use are kept',
    );
    expect(await releases()).toEqual(['test-ebs@1.1.0', 'test-ebs@1.1.0']);
    const calls = (await sandbox.calls()).map(({ operation }) => operation);
    expect(calls.filter((one) => one === 'DeleteImageUsageReport')).toHaveLength(2);
  });

  it('AMIs beyond --max-deletions are shown as kept, and the exit status is 1', async () => {
    const run = await cleanup('test-ebs@1.0.0', '--max-deletions', '1', '--yes');
    expect(run.exit).toBe(1);
    expect(run.stderr).toMatch(/1 AMI kept only by a guard/);
    expect(run.stderr).toMatch(/at most 1 AMIs in a region: --max-deletions/);
    expect(await releases()).toHaveLength(3);
  });

  it('a reviewed plan is applied exactly as it is, and refused once AWS has changed', async () => {
    const out = await cleanup('test-ebs@1.0.0', '--out', 'plan.json');
    expect(out.exit, out.stderr).toBe(0);
    const plan: CleanupPlan = JSON.parse(await readFile(project.path('plan.json'), 'utf8'));
    expect(ajv.getSchema('output#/definitions/cleanupPlan')?.(plan)).toBe(true);
    const used = plan.amis.find(({ verdict }) => verdict === 'delete');
    const ec2 = sandbox.clients.ec2('us-east-1');
    await ec2.send(
      new ModifyImageAttributeCommand({
        ImageId: used?.ami,
        LaunchPermission: { Add: [{ UserId: friend }] },
      }),
    );
    const apply = () => project.run(['cleanup', 'test-ebs', '--sandbox', '--plan', 'plan.json']);
    const refused = await apply();
    expect(refused.exit).toBe(4);
    expect(refused.stderr).toContain(`${used?.target} ${used?.ami}: would be kept now: it is shared`);
    expect(await releases()).toHaveLength(4);

    await ec2.send(
      new ModifyImageAttributeCommand({
        ImageId: used?.ami,
        LaunchPermission: { Remove: [{ UserId: friend }] },
      }),
    );
    const done = await apply();
    expect(done.exit, done.stderr).toBe(0);
    expect(await releases()).toEqual(['test-ebs@1.1.0', 'test-ebs@1.1.0']);
    expect(await apply()).toMatchObject({ exit: 4, stderr: expect.stringContaining('is gone') });
  });

  it.runIf(process.platform === 'linux')(
    'at a terminal only typing the number of AMIs confirms',
    async () => {
      const words = ['cleanup', 'test-ebs@1.0.0', '--sandbox'];
      const no = await atQuestion(words, 'y');
      expect(no).toMatchObject({ exit: 4, answered: true });
      expect(no.screen).toContain('Type 2 to delete 2 AMIs and 2 snapshots: ');
      expect(await releases()).toHaveLength(4);
      const yes = await atQuestion(words, '2');
      expect(yes.exit, yes.screen).toBe(0);
      expect(await releases()).toEqual(['test-ebs@1.1.0', 'test-ebs@1.1.0']);
    },
  );

  it('nothing is deleted in a region where a lookup fails, and the exit status is 1', async () => {
    await sandbox.addFaults([
      { on: 'ec2:DescribeLaunchTemplates', does: { error: 'UnauthorizedOperation', status: 403 }, times: 9 },
      {
        on: 'ec2:DescribeLaunchTemplateVersions',
        does: { error: 'UnauthorizedOperation', status: 403 },
        times: 9,
      },
    ]);
    const run = await cleanup('test-ebs@1.0.0', '--yes');
    expect(run.exit, run.stderr).toBe(1);
    expect(run.stderr).toMatch(
      /us-east-1: could not be looked up, nothing is deleted there: .*UnauthorizedOperation/,
    );
    expect(await releases()).toHaveLength(4);
  });
});

describe('after a killed build', () => {
  beforeAll(async () => {
    project = await newProject();
    sandbox = await project.sandbox([scriptEnds(noble, { delay: 60_000 })]);
  });
  afterAll(() => project.remove());

  it('--leftovers removes its leftovers, and nothing of a running build', async () => {
    const running = project.start(['publish', 'test-ebs', '--sandbox', '--yes', '--only', noble]);
    await until('Packer runs the script', async () => {
      const left = await sandbox.ask('faults');
      return !(await left.text()).includes('delay');
    });
    const alive = await cleanup('test-ebs', '--leftovers', '--yes');
    expect(alive.exit, alive.stderr).toBe(0);
    expect((await state()).leftovers.join()).toMatch(/instance .* running/);

    const pid = await readFile(
      project.path(`.gopackgo/sandbox/releases/test-ebs@1.0.0/attempts/${noble}/1/pid`),
      'utf8',
    );
    running.child.kill('SIGKILL');
    process.kill(-Number(pid), 'SIGKILL');
    await running.ended;
    // Of the release: the lock that the cleanup itself holds then does not count as a publish.
    const dead = await cleanup('test-ebs@1.0.0', '--leftovers', '--yes', '--json');
    expect(dead.exit, dead.stderr).toBe(0);
    expect(told(dead).plan.leftovers.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['instance', 'key pair', 'security group']),
    );
    expect(await state()).toEqual({ amis: [], leftovers: [] });
  });
});

describe('a wrong command line is refused before AWS is asked', () => {
  beforeAll(async () => {
    project = await newProject();
    await writeFile(project.path('other.json'), '{"format": 1}');
  });
  afterAll(() => project.remove());

  it.each([
    [['test-ebs'], /cleanup test-ebs@VERSION[\s\S]*--keep-last[\s\S]*--leftovers/],
    [['test-ebs', '--older-than', '180'], /--older-than: expected a length of time/],
    [['test-ebs', '--keep-last', 'all'], /--keep-last: expected a whole number/],
    [['test-ebs@1.0.0', '--older-than', '1d'], /--older-than/],
    [
      ['test-ebs@1.0.0', '--plan', 'other.json'],
      /--plan other.json: expected a file that "gopackgo cleanup --out" wrote/,
    ],
    [['test-ebs@1.0.0', '--plan', 'none.json'], /--plan none.json: .* found no such file/],
    [['test-ebs@1.0.0', '--out', 'plan.json', '--yes'], /--out and --yes/],
    [['test-ebs@1.0.0', '--plan', 'other.json', '--yes'], /--plan and --yes/],
  ])('%j', async (words, said) => {
    const run = await project.run(['cleanup', ...words, '--sandbox']);
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toMatch(said);
    expect(run.stderr).not.toMatch(/^ +at /m);
  });

  it('--only that matches no target, and --region with an unknown region, are refused: exit status 2', async () => {
    const target = await project.run([
      'cleanup',
      'test-ebs@1.0.0',
      '--sandbox',
      '--only',
      'us-east-1-2304-hvm',
    ]);
    expect(target).toMatchObject({ exit: 2, stderr: expect.stringContaining(`Did you mean "${jammy}"`) });
    const region = await project.run(['cleanup', 'test-ebs@1.0.0', '--sandbox', '--region', 'us-east-9']);
    expect(region).toMatchObject({ exit: 2, stderr: expect.stringContaining('--region') });
  });
});

it.each([
  [
    '--keep-last with an empty value is refused',
    ['--keep-last='],
    /--keep-last: expected a whole number, 0 or more, found ""/,
  ],
  ['--no-max-deletions is refused', ['--keep-last', '1', '--no-max-deletions'], /--max-deletions/],
  [
    '--plan with --max-deletions is refused',
    ['--plan', 'p.json', '--max-deletions', '1'],
    /--plan and --max-deletions/,
  ],
])('%s: exit status 2', async (_, words, says) => {
  const folder = await newProject();
  onTestFinished(() => folder.remove());
  const run = await folder.run(['cleanup', 'test-ebs', '--sandbox', ...words]);
  expect(run.stderr).toMatch(says);
  expect(run.exit).toBe(2);
});
