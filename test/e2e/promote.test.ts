import { readFile } from 'node:fs/promises';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimantOf } from '../../src/commands/lock-release.ts';
import { lockRelease } from '../../src/lib/release-lock.ts';
import { thisMachine } from '../../src/lib/this-machine.ts';
import type { LifecycleResult, ReleasesReport } from '../../src/model/events.ts';
import { eventsOfType, resultOf } from './events.ts';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';

const friend = '210987654321';
const latest = '/life/latest/2204';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  await project.config('life', (config) => {
    const [image] = config.images as object[];
    config.images = [{ ...image, matrix: { ubuntu: ['2204'] }, name: '{ubuntu}' }];
    config.share = { accounts: [friend] };
    config.record = 'life_ids.json';
    config.parameters = ['/life/{version}/{image}', '/life/latest/{image}'];
    config.supersede = { deprecateAfter: '30d' };
    config.deprecateAfter = '365d';
    config.deregistrationProtection = true;
    config.sharedTags = true;
  });
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

const cli = (...words: string[]) => project.run([...words, '--sandbox']);
const publish = (version: string) => cli('publish', `life@${version}`, '--yes', '--json');

async function parameters(): Promise<Record<string, string>> {
  const answer = await sandbox.clients
    .ssm('us-east-1')
    .send(new GetParametersByPathCommand({ Path: '/life', Recursive: true }));
  return Object.fromEntries((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
}

const recorded = () => readFile(project.path('.gopackgo/sandbox/life_ids.json'), 'utf8');

async function ami(version: string) {
  const Filters = [{ Name: 'tag:gopackgo:release', Values: [`life@${version}`] }];
  const { Images = [] } = await sandbox.clients.ec2('us-east-1').send(
    new DescribeImagesCommand({
      Owners: ['self'],
      Filters,
      IncludeDisabled: true,
      IncludeDeprecated: true,
    }),
  );
  const [image] = Images;
  const tags = Object.fromEntries((image?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const { State: state, DeprecationTime: deprecated, DeregistrationProtection: protection } = image ?? {};
  const lasts = (Date.parse(deprecated ?? '') - Date.parse(image?.CreationDate ?? '')) / 86_400_000;
  return { id: image?.ImageId ?? 'none', state, deprecated, protection, lasts, tags };
}

/** Both records, with the release that each names. */
async function follows(): Promise<string[]> {
  const [text, { [latest]: value }] = [await recorded(), await parameters()];
  const each = await Promise.all(
    ['1.0.0', '2.0.0', '3.0.0'].map(async (version) => {
      const { id } = await ami(version);
      return [
        ...(text.includes(id) ? [`file ${version}`] : []),
        ...(value === id ? [`parameter ${version}`] : []),
      ];
    }),
  );
  return each.flat();
}

const lifecycleResult = ({ stdout }: Run): LifecycleResult =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as LifecycleResult;

it('publish moves records forward once; a rollback lasts until somebody promotes again', async () => {
  const first = await publish('1.0.0');
  expect(first.exit, first.stderr).toBe(0);
  const published = await ami('1.0.0');
  expect(published.protection).toBe('enabled-without-cooldown');
  expect(published.lasts).toBeCloseTo(365, 2);
  const second = await publish('2.0.0');
  expect(second.exit, second.stderr).toBe(0);
  expect(await follows()).toEqual(['file 2.0.0', 'parameter 2.0.0']);

  // Publishing the older release again, to repair it, moves nothing.
  const repaired = await publish('1.0.0');
  expect(repaired.exit, repaired.stderr).toBe(0);
  expect(await ami('1.0.0')).toMatchObject({ protection: 'enabled-without-cooldown' });
  expect(resultOf(repaired).lifecycle).toBeUndefined();
  expect(resultOf(repaired).records?.[0]).toMatchObject({
    is: 'kept',
    why: expect.stringContaining('it follows life@2.0.0'),
  });
  expect(await follows()).toEqual(['file 2.0.0', 'parameter 2.0.0']);

  // Without a yes, only the plan.
  const shown = await cli('promote', 'life@1.0.0');
  expect(shown.exit, shown.stderr).toBe(0);
  expect(shown.stdout).toContain('in place of         life@2.0.0');
  expect(shown.stdout).toContain('1 replaced, 0 added');
  expect(shown.stdout).toMatch(
    /shared tags +1 AMI of life@1\.0\.0 in us-east-1: lifecycle current, end-of-life 20/,
  );
  expect(shown.stdout).toMatch(
    /shared tags +1 AMI of life@2\.0\.0 in us-east-1: lifecycle superseded, replaced-by life@1\.0\.0, end-of-life 20/,
  );
  expect(await follows()).toEqual(['file 2.0.0', 'parameter 2.0.0']);

  const back = await cli('promote', 'life@1.0.0', '--yes', '--json');
  expect(back.exit, back.stderr).toBe(0);
  const [planned] = back.stdout.split('\n').map((line) => line && JSON.parse(line));
  expect(planned).toMatchObject({ type: 'lifecycle-planned', command: 'promote', replaces: ['life@2.0.0'] });
  expect(lifecycleResult(back).changes.every(({ outcome }) => outcome === 'done')).toBe(true);
  expect(await follows()).toEqual(['file 1.0.0', 'parameter 1.0.0']);
  // "supersede": the AMIs that it replaces get a deprecation date.
  const replaced = await ami('2.0.0');
  expect(replaced.tags).toMatchObject({
    'ec2:SharedTag/lifecycle': 'superseded',
    'ec2:SharedTag/end-of-life': replaced.deprecated?.slice(0, 10),
  });
  const days = (Date.parse(replaced.deprecated ?? '') - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29);
  expect(days).toBeLessThan(31);

  const again = await publish('2.0.0');
  expect(again.exit, again.stderr).toBe(0);
  expect(
    resultOf(again)
      .parameters?.each.map(({ outcome }) => outcome)
      .sort(),
  ).toEqual(['current', 'kept']);
  expect(await follows()).toEqual(['file 1.0.0', 'parameter 1.0.0']);

  const twice = await cli('promote', 'life@1.0.0', '--yes');
  expect(twice.exit, twice.stderr).toBe(0);
  expect(twice.stdout).toContain('life@1.0.0: promoted already, nothing was changed.');

  const records = project.path('.gopackgo/sandbox/releases/life/promotion');
  const other = await lockRelease(
    records,
    { release: 'life', command: 'promote' },
    claimantOf({ pid: process.pid, name: thisMachine() }),
  );
  const beside = await project.start(['promote', 'life@2.0.0', '--sandbox', '--yes']).ended;
  await other.release();
  expect([beside.exit, beside.stderr]).toEqual([
    4,
    expect.stringMatching(/life: expected no other command working on it, found "gopackgo promote": process/),
  ]);
  expect(await follows()).toEqual(['file 1.0.0', 'parameter 1.0.0']);

  const third = await publish('3.0.0');
  expect(third.exit, third.stderr).toBe(0);
  expect(await follows()).toEqual(['file 3.0.0', 'parameter 3.0.0']);
  expect((await ami('1.0.0')).deprecated).toBeDefined();
});

it('releases shows each with its records and who may use it', async () => {
  const run = await cli('releases', 'life', '--json');
  expect(run.exit, run.stderr).toBe(0);
  const { releases } = JSON.parse(run.stdout) as ReleasesReport;
  expect(releases.map(({ release, state, records }) => [release, state, records.length])).toEqual([
    ['life@3.0.0', 'current', 2],
    ['life@2.0.0', 'superseded', 0],
    ['life@1.0.0', 'superseded', 0],
  ]);
  expect(releases[0]?.usedBy).toEqual({ public: false, accounts: [friend], organizations: [] });
  const table = await cli('releases', 'life');
  expect(table.stdout).toMatch(
    /life@3\.0\.0 .* current +210987654321 +\S+life_ids\.json \/life\/latest\/2204/,
  );
});

it('promotes a release whose config and base image have changed since then, and removes its deprecation date', async () => {
  await project.config('life', (config) => {
    config.notify = [{ on: ['yanked'], webhook: 'CHAT' }];
    const [image] = config.images as object[];
    config.images = [
      {
        ...image,
        matrix: { ubuntu: ['2204'] },
        name: '{ubuntu}',
        base: { id: { 'us-east-1': 'ami-0badbadbadbadbad0' } },
      },
    ];
    config.share = { accounts: [friend] };
    config.record = 'life_ids.json';
    config.parameters = ['/life/latest/{image}'];
    config.supersede = { deprecateAfter: '30d' };
  });
  const run = await cli('promote', 'life@2.0.0', '--yes');
  expect(run.exit, run.stderr).toBe(0);
  expect(await follows()).toEqual(['file 2.0.0', 'parameter 2.0.0']);
  expect((await ami('2.0.0')).deprecated).toBeUndefined();
  expect((await ami('2.0.0')).tags).not.toHaveProperty('gopackgo:superseded');
});

it('yanks a release that records follow only with another one in its place, and undoes it', async () => {
  const words = ['yank', 'life@2.0.0', '--reason', 'it opens a port', '--json'];
  const alone = await cli(...words, '--yes');
  expect([alone.exit, alone.stderr]).toEqual([
    4,
    expect.stringContaining('it is the promoted release of us-east-1-2204'),
  ]);
  const shown = await cli(...words, '--promote', '3.0.0');
  expect(JSON.parse(shown.stdout.split('\n')[0] ?? '')).toMatchObject({
    type: 'lifecycle-planned',
    command: 'yank',
    promotes: 'life@3.0.0',
    loses: { public: false, accounts: [friend] },
  });
  expect(await follows()).toEqual(['file 2.0.0', 'parameter 2.0.0']);
  const yanked = await cli(...words, '--promote', '3.0.0', '--yes');
  expect(yanked.exit, yanked.stderr).toBe(0);
  const [told] = eventsOfType(yanked, 'notified');
  expect(JSON.parse(told?.rehearsed ?? '{}')).toMatchObject({
    outcome: 'yanked',
    release: 'life@2.0.0',
    reason: 'it opens a port',
    rehearsal: true,
    targets: [{ name: 'us-east-1-2204', ami: (await ami('2.0.0')).id }],
  });
  expect(await follows()).toEqual(['file 3.0.0', 'parameter 3.0.0']);
  expect(await ami('2.0.0')).toMatchObject({
    state: 'disabled',
    tags: { 'gopackgo:yanked': expect.stringMatching(/^2\S+Z it opens a port$/) },
  });
  const listed = await cli('releases', 'life');
  expect(listed.stdout).toMatch(/life@2\.0\.0 was yanked on \d{4}-\d\d-\d\d: it opens a port/);
  const status = await cli('status', 'life@2.0.0');
  expect([status.exit, status.stdout]).toEqual([
    0,
    expect.stringMatching(
      /us-east-1-2204 +yanked +ami-\w+ +snap-\w+\n.*0 of 1 verified · 0 shared · 1 yanked/s,
    ),
  ]);
  const promoted = await cli('promote', 'life@2.0.0', '--yes');
  expect([promoted.exit, promoted.stderr]).toEqual([4, expect.stringContaining('--undo undoes that')]);
  const back = await cli('yank', 'life@2.0.0', '--undo', '--yes');
  expect(back.exit, back.stderr).toBe(0);
  expect((await ami('2.0.0')).state).toBe('available');
  expect((await ami('2.0.0')).tags).not.toHaveProperty('gopackgo:yanked');
});

it('refuses a release that does not exist, is not shared, or is named without its version', async () => {
  const cases: [words: string[], exit: number, says: string][] = [
    [['promote', 'life'], 2, 'expected a release, with its version: life@1.0.0'],
    [['promote', 'life@9.9.9'], 4, 'life@9.9.9 has no AMI there'],
    [['promote', 'life@9.9.9'], 4, 'gopackgo releases life --sandbox lists all releases.'],
  ];
  for (const [words, exit, says] of cases) {
    const run = await cli(...words);
    expect([run.exit, run.stderr]).toEqual([exit, expect.stringContaining(says)]);
  }
  await project.config('life', (config) => {
    const [image] = config.images as object[];
    config.images = [{ ...image, matrix: { ubuntu: ['2204'] }, name: '{ubuntu}' }];
    config.share = { accounts: [friend, '310987654321'] };
    config.record = 'life_ids.json';
  });
  const run = await cli('promote', 'life@1.0.0', '--yes');
  expect([run.exit, run.stderr]).toEqual([4, expect.stringContaining('not shared as the config says')]);
  expect(await follows()).toContain('file 3.0.0');
});

it('yanks a release also where the config no longer has its image or its region', async () => {
  const regions = ['us-east-1', 'eu-west-1'];
  const written = (image: string, some: string[]) =>
    project.config('left', (config) => {
      const [one] = config.images as object[];
      config.images = [{ ...one, matrix: { ubuntu: ['2204'] }, name: image }];
      config.regions = some;
      config.share = { accounts: [friend] };
      config.parameters = ['/left/{version}/{image}', '/left/latest/{image}'];
    });
  await written('server', regions);
  const published = await cli('publish', 'left@1.0.0', '--yes');
  expect(published.exit, published.stderr).toBe(0);
  const found = async (region: string) => {
    const { ec2, ssm } = sandbox.clients;
    const Filters = [{ Name: 'tag:gopackgo:release', Values: ['left@1.0.0'] }];
    const named = { Filters, Owners: ['self'], IncludeDisabled: true };
    const { Images = [] } = await ec2(region).send(new DescribeImagesCommand(named));
    const path = { Path: '/left', Recursive: true };
    const { Parameters = [] } = await ssm(region).send(new GetParametersByPathCommand(path));
    return [...Images.map(({ State }) => State), Parameters.length];
  };
  expect(await Promise.all(regions.map(found))).toEqual([
    ['available', 2],
    ['available', 2],
  ]);
  await written('desktop', regions.slice(0, 1));
  const yanked = await cli('yank', 'left@1.0.0', '--reason', 'it opens a port', '--yes');
  expect(yanked.exit, yanked.stderr).toBe(0);
  expect(await Promise.all(regions.map(found))).toEqual([
    ['disabled', 0],
    ['disabled', 0],
  ]);
  const back = await cli('yank', 'left@1.0.0', '--undo', '--yes');
  expect(back.exit, back.stderr).toBe(0);
  expect(await Promise.all(regions.map(found))).toEqual([
    ['available', 0],
    ['available', 0],
  ]);

  await written('server', regions);
  const again = ['--reason', 'it opens a port', '--promote', 'none', '--yes'];
  expect((await cli('yank', 'left@1.0.0', ...again)).exit).toBe(0);
  const theirs = new PutParameterCommand({ Name: '/left/1.0.0/server', Type: 'String', Value: 'theirs' });
  await sandbox.clients.ssm('us-east-1').send(theirs);
  const refused = await cli('yank', 'left@1.0.0', '--undo', '--yes');
  expect([refused.exit, refused.stderr]).toEqual([4, expect.stringContaining('it holds theirs')]);
  expect(await found('us-east-1')).toEqual(['disabled', 1]);
  const taken = await cli('yank', 'left@1.0.0', '--undo', '--take-over-parameters', '--yes');
  expect(taken.exit, taken.stderr).toBe(0);
  expect(await found('us-east-1')).toEqual(['available', 1]);
});
