import type { ChildProcess } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import semver from 'semver';
import type { ApiFault, Behaviour, Fault } from '../../sandbox/index.ts';
import { packersAgent } from '../e2e/faults.ts';
import { type Call, newProject, type Project, type Run, type RunningSandbox } from '../e2e/project.ts';
import { type Chance, chance } from '../support/chance.ts';
import { type Expected, judge } from './judge.ts';

/** A disturbance of a run, some time after its start. */
type Trouble =
  | 'nothing'
  | 'gopackgo is killed'
  | 'gopackgo and its Packers are killed'
  | 'all are killed and the records deleted'
  | 'the sandbox is stopped too'
  | 'Ctrl-C'
  | 'a second run';

export interface Scenario {
  seed: number;
  kind: 'ebs' | 'instance-store';
  regions: string[];
  faults: Fault[];
  settings: Behaviour;
  /** One for each disturbed run. `at`: the number of calls that AWS got by then, or milliseconds. */
  troubles: { what: Trouble; at: { calls: number } | { milliseconds: number } }[];
}

const friend = '210987654321';
const operations = [
  'CreateImage',
  'CreateKeyPair',
  'CreateSecurityGroup',
  'CreateTags',
  'DeleteKeyPair',
  'DeleteSecurityGroup',
  'DescribeImages',
  'DescribeInstances',
  'DescribeKeyPairs',
  'DescribeSnapshots',
  'ImportKeyPair',
  'ModifyImageAttribute',
  'ModifySnapshotAttribute',
  'RegisterImage',
  'RunInstances',
  'StopInstances',
  'TerminateInstances',
] as const;

/** A scenario by its number: the same number, the same scenario. Pure. */
export function scenarioOf(seed: number): Scenario {
  const random = chance(seed);
  const kind = random.percent(25) ? 'instance-store' : 'ebs';
  const regions = kind === 'ebs' && random.percent(30) ? ['us-east-1', 'eu-west-1'] : ['us-east-1'];
  const faults = Array.from({ length: random.below(5) }, () => faultOf(random));
  const consistency = random.percent(30)
    ? { hiddenReads: random.below(3), flaps: random.below(2), kinds: ['image', 'instance'] as const }
    : {};
  const troubles = Array.from({ length: 1 + random.below(3) }, () => ({
    what: random.oneOf<Trouble>([
      'nothing',
      'gopackgo is killed',
      'gopackgo is killed',
      'gopackgo and its Packers are killed',
      'gopackgo and its Packers are killed',
      'all are killed and the records deleted',
      'the sandbox is stopped too',
      'Ctrl-C',
      'a second run',
    ]),
    at: random.percent(60)
      ? { calls: 1 + random.below(kind === 'ebs' ? 120 : 200) }
      : { milliseconds: random.below(12_000) },
  }));
  const accounts = kind === 'ebs' ? [] : [{ instanceProfiles: ['gopackgo-bundler'] }];
  return { seed, kind, regions, faults, settings: { consistency, accounts }, troubles };
}

function faultOf(random: Chance): Fault {
  const operation = random.oneOf(operations);
  const base: Omit<ApiFault, 'does'> = {
    on: `ec2:${operation}`,
    skip: random.below(4),
    times: 1 + random.below(3),
    ...(random.percent(40) ? { userAgent: packersAgent } : {}),
  };
  return {
    ...base,
    does: random.oneOf<ApiFault['does']>([
      { error: 'RequestLimitExceeded', status: 503 },
      { error: 'InternalError', status: 500 },
      { error: 'Unavailable', status: 503 },
      { delay: 1 + random.below(4_000) },
      { delayAnswer: 1 + random.below(4_000) },
      'drop',
    ]),
  };
}

/** Packer before 1.7 neither tags its security group nor gives it a predictable name. */
export const tagsSecurityGroups = ({ version }: { version: string }): boolean => semver.gte(version, '1.7.0');

export interface Outcome {
  seed: number;
  /** The errors, as text; empty if there are none. */
  wrong: string[];
  /** Exit statuses of the disturbed runs, then of those after them. */
  exits: (number | null)[];
  seconds: number;
}

/** Undisturbed runs that a release may need at most. */
const runsAtMost = 2;

/** Disturbs a release as the scenario says, then publishes it undisturbed, and judges the result. */
export async function trial(scenario: Scenario, isTagged: boolean): Promise<Outcome> {
  const startedAt = Date.now();
  const project = await newProject();
  try {
    const name = await writeConfig(project, scenario);
    let sandbox = await project.sandbox(scenario.faults, scenario.settings);
    const calls: Call[] = [];
    const exits: (number | null)[] = [];
    const wrong: string[] = [];
    for (const { what, at } of scenario.troubles) {
      const running = project.start(publish(name));
      await reached(sandbox, at, running.ended);
      const others = what === 'a second run' ? [project.run(publish(name))] : [];
      await disturb(project, what, running.child);
      if (what === 'the sandbox is stopped too') {
        calls.push(...(await sandbox.calls()));
        await sandbox.stop();
        sandbox = await project.sandbox(scenario.faults, scenario.settings);
      }
      const runs = await Promise.all([running.ended, ...others]);
      exits.push(...runs.map(({ exit }) => exit));
      for (const run of runs) wrong.push(...judgeRun(run));
    }
    await sandbox.ask('faults', { method: 'DELETE' });
    for (let runs = 0; runs < runsAtMost; runs++) {
      const run = await project.run(publish(name));
      exits.push(run.exit);
      wrong.push(...judgeRun(run));
      if (run.exit === 0) break;
      if (runs + 1 === runsAtMost) wrong.push(`exit ${run.exit}: ${run.stderr.slice(-2_000)}`);
    }
    calls.push(...(await sandbox.calls()));
    const maySpareGroups = !isTagged && scenario.troubles.some(({ what }) => /killed|stopped/.test(what));
    wrong.push(...(await judge(sandbox, calls, expectedOf(scenario, name, maySpareGroups))));
    wrong.push(...(await changesOfAnother(project, name, sandbox)));
    return { seed: scenario.seed, wrong, exits, seconds: (Date.now() - startedAt) / 1000 };
  } finally {
    await killPackers(project);
    await project.remove();
  }
}

const publish = (name: string): string[] => ['publish', name, '--sandbox', '--yes', '--json'];

async function writeConfig(project: Project, { kind, regions }: Scenario): Promise<string> {
  const name = kind === 'ebs' ? 'test-ebs' : 'test-instance';
  const { parse } = await import('jsonc-parser');
  const file = project.path('configs', `${name}.json`);
  const config = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true });
  await writeFile(file, JSON.stringify({ ...config, regions, share: { accounts: [friend] } }));
  return name;
}

function expectedOf({ kind, regions }: Scenario, name: string, maySpareGroups: boolean): Expected {
  const images = kind === 'ebs' ? ['2204-hvm', '2404-hvm'] : ['1404-hvm', '1404-pv'];
  const names = images.map((image) => `gopackgo ${name} 1.0.0 ${image}`);
  return {
    release: `${name}@1.0.0`,
    amis: Object.fromEntries(regions.map((region) => [region, names])),
    sharedWith: friend,
    maySpareGroups,
  };
}

/** The moment of the disturbance, or the end of the run if that comes first. */
async function reached(
  sandbox: RunningSandbox,
  at: Scenario['troubles'][number]['at'],
  ended: Promise<Run>,
): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  ended.then(end, end);
  const before = (await sandbox.calls()).length;
  const isNow = async (waited: number) =>
    'milliseconds' in at ? waited >= at.milliseconds : (await sandbox.calls()).length - before >= at.calls;
  for (let waited = 0; waited < 120_000 && !over && !(await isNow(waited)); waited += 50) await sleep(50);
}

async function disturb(project: Project, what: Trouble, child: ChildProcess): Promise<void> {
  if (what === 'nothing' || what === 'a second run') return;
  if (what === 'Ctrl-C') {
    child.kill('SIGINT');
    return;
  }
  child.kill('SIGKILL');
  if (what !== 'gopackgo is killed') await killPackers(project);
  if (what === 'all are killed and the records deleted') {
    await rm(project.path('.gopackgo/sandbox/releases'), { recursive: true, force: true });
  }
}

async function killPackers(project: Project): Promise<void> {
  for (const file of globSync(project.path('.gopackgo/sandbox/releases/*/attempts/*/*/pid'))) {
    try {
      process.kill(-Number(await readFile(file, 'utf8')), 'SIGKILL');
    } catch {
      // It had ended, or its number was not written yet.
    }
  }
}

/** A run never ends with a stack trace, nor with an undocumented status. */
function judgeRun({ exit, stderr }: Run): string[] {
  const wrong: string[] = [];
  if (exit !== null && ![0, 1, 4, 130].includes(exit))
    wrong.push(`exit status ${exit}: ${stderr.slice(-500)}`);
  if (/failed unexpectedly|^\s+at \S+ \(/m.test(stderr)) wrong.push(`a trace: ${stderr.slice(-2_000)}`);
  return wrong;
}

/** Once a release is done, the same command changes nothing. */
async function changesOfAnother(project: Project, name: string, sandbox: RunningSandbox): Promise<string[]> {
  const before = (await sandbox.calls()).length;
  const { exit } = await project.run(publish(name));
  const changes = (await sandbox.calls())
    .slice(before)
    .filter(({ operation }) => !/^(?:Describe|Get|List|Head)/.test(operation))
    .map(({ operation }) => `a run after the end called ${operation}`);
  return [...(exit === 0 ? [] : [`a run after the end exits with ${exit}`]), ...changes];
}
