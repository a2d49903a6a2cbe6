import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../src/commands/advised-command.ts';
import { nextAfterCleanup, nextAfterLifecycle, nextCommands } from '../../src/commands/next-commands.ts';
import type { ReleaseArguments } from '../../src/commands/release-arguments.ts';
import type {
  CleanupResult,
  LifecycleResult,
  Result,
  ResultTarget,
  StatusName,
  TargetError,
} from '../../src/model/events.ts';

const args: ReleaseArguments = {
  publication: 'web',
  sandbox: false,
  only: [],
  except: [],
  variables: {},
  variableFiles: [],
  json: false,
  acceptMixed: false,
};
const one = (status: StatusName, kind?: TargetError['kind']): ResultTarget => ({
  name: 'us-east-1-a',
  region: 'us-east-1',
  status,
  attempts: 1,
  seconds: 1,
  ...(kind ? { error: { kind, message: '' } } : {}),
});
const result = (targets: ResultTarget[], more: Partial<Result> = {}): Result => ({
  type: 'result',
  format: 2,
  release: 'web@1.0.0',
  exit: 1,
  targets,
  shared: false,
  recorded: false,
  folder: 'folder',
  next: [],
  ...more,
});
const failed = one('failed', 'provisioner');
const next = (targets: ResultTarget[], more: Partial<Result> = {}) =>
  nextCommands(args, result(targets, more), 'configs/web.json');

describe('after a script that failed', () => {
  it('if AMIs of the old script are private: rebuild all, or keep those, or raise the version', () => {
    expect(next([one('verified'), one('verified'), failed])).toEqual([
      expect.stringContaining('raise "version" in configs/web.json'),
      expect.stringMatching(/^gopackgo publish web --replace {3}rebuilds 3/),
      expect.stringMatching(/^gopackgo publish web --accept-mixed {3}builds 1 AMI; the other 2 keep/),
      'gopackgo publish web --yes   builds only what is missing',
      'gopackgo cleanup web@1.0.0   shows what would be deleted to discard this release',
    ]);
  });

  it.each([
    ['shared', [one('shared'), failed], {}],
    ['recorded', [one('verified'), failed], { recorded: true }],
  ])('if one is %s, nothing may be replaced', (_, targets, more) => {
    const said = next(targets, more).join('\n');
    expect(said).not.toContain('--replace');
    expect(said).toContain('--accept-mixed');
  });

  it('if there are none, mixing is not offered', () => {
    expect(next([failed])).toEqual([
      'fix what the log shows, then',
      'gopackgo publish web --yes   builds only what is missing',
    ]);
  });
});

const resumes = 'gopackgo publish web --yes   builds only what is missing';

it.each(['other', 'wrong', 'conflict'] as const)(
  'after a permanent failure (%s), it has to be fixed first',
  (kind) => {
    expect(next([one('failed', kind)])).toEqual(['fix what is said above, then', resumes]);
  },
);

it.each(['transient', 'timeout', 'unknown'] as const)(
  'after a failure that may be transient (%s), it does not',
  (kind) => {
    expect(next([one('failed', kind)])).toEqual([resumes]);
  },
);

it('the same command is not advised for an AMI encrypted with a key that nobody else can use', () => {
  const message = 'ami-0a could not be shared: InvalidParameter: … encrypted with the AWS Managed CMK';
  expect(next([{ ...one('verified'), error: { kind: 'sharing', message } }])).toEqual([
    'fix what is said above, and raise "version" in configs/web.json: encrypted AMIs stay encrypted',
    'gopackgo cleanup web@1.0.0   shows what would be deleted to discard this release',
  ]);
});

it('there is nothing to resume if Ctrl-C came after everything was shared', () => {
  const status = ['gopackgo status web   shows it as AWS has it'];
  expect(next([one('shared')], { exit: 130, shared: true })).toEqual(status);
  expect(next([one('shared'), one('verified')], { exit: 130 })).toEqual([
    'gopackgo publish web --yes   resumes',
  ]);
});

it('a release that only lacks best-effort regions is not offered for deletion', () => {
  expect(next([one('verified'), one('failed')], { exit: 3 })).toEqual([
    'gopackgo publish web --yes   builds only what is missing',
  ]);
});

it('the same command keeps its selection and what it may replace', () => {
  const asked = { ...args, sandbox: true, only: ['a b'], acceptMixed: true, takeOver: true };
  expect(nextCommands(asked, result([], { exit: 130 }), 'x')).toEqual([
    "gopackgo publish web --sandbox --only 'a b' --accept-mixed --take-over --yes   resumes",
  ]);
});

it('the same command keeps --run-local and --take-over-parameters', () => {
  const asked = { ...args, sandbox: true, runLocal: true, takeOverParameters: true };
  expect(nextCommands(asked, result([failed]), 'x')).toEqual([
    'fix what the log shows, then',
    'gopackgo publish web --sandbox --run-local --take-over-parameters --yes   builds only what is missing',
  ]);
});

it('every command can be pasted into a shell', () => {
  const asked = { ...args, publication: "my configs/it's.json", profile: 'my own', only: ["it's"] };
  const [again] = nextCommands(asked, result([], { exit: 130 }), 'x');
  expect(again).toBe(
    String.raw`gopackgo publish 'my configs/it'\''s.json' --profile 'my own' --only 'it'\''s' --yes   resumes`,
  );
});

it('a release with two recipes is shown with --accept-mixed', () => {
  const targets = [{ ...one('verified'), mixed: true as const }, one('verified')];
  expect(next(targets, { exit: 0 })).toEqual(['gopackgo status web --accept-mixed   shows it as AWS has it']);
});

it('after a selection the rest is advised, unless everything is shared', () => {
  const asked = { ...args, profile: 'images', except: ['us-*'] };
  const status = 'gopackgo status web --profile images   shows it as AWS has it';
  expect(nextCommands(asked, result([], { exit: 0 }), 'x')).toEqual([
    'gopackgo publish web --profile images   publishes what was not selected',
    status,
  ]);
  expect(nextCommands(asked, result([], { exit: 0, shared: true }), 'x')).toEqual([status]);
});

it('repeats the variables, quoted for a shell; cleanup needs none', () => {
  const given = { ...args, variables: { stage: "it's a test", commit: 'a1' } };
  const said = nextCommands(given, result([one('verified'), one('failed')]), 'configs/web.json');
  expect(said).toEqual([
    String.raw`gopackgo publish web --var 'stage=it'\''s a test' --var 'commit=a1' --yes   builds only what is missing`,
    'gopackgo cleanup web@1.0.0   shows what would be deleted to discard this release',
  ]);
});

describe('after Ctrl-C there is nothing to resume if everything was done', () => {
  const releases = 'gopackgo releases web --sandbox';
  const outcomes = (...each: LifecycleResult['changes'][number]['outcome'][]): LifecycleResult['changes'] =>
    each.map((outcome) => ({ change: 'promoted', name: 'ami-01', outcome }));

  it.each([
    [
      'everything is done',
      outcomes('done', 'done'),
      false,
      `${releases}   shows all releases as AWS has them`,
    ],
    ['one change was held back', outcomes('done', 'held'), false, 'the same command again   resumes'],
    ['one change failed', outcomes('done', 'failed'), false, 'the same command again   resumes'],
    ['a notification was not sent', outcomes('done'), true, 'the same command again   resumes'],
  ])('of a promotion: %s', (_, changes, tells, says) => {
    expect(nextAfterLifecycle({ exit: 130, applied: true, changes }, releases, { tells })).toEqual([says]);
  });

  it.each([
    ['removed', [], []],
    [
      'remains',
      [],
      ['the same command again   resumes; gopackgo status web@1.0.0 --sandbox shows what exists'],
    ],
    [
      'removed',
      [{ region: 'us-east-1', why: 'no answer' }],
      ['the same command again   resumes; gopackgo status web@1.0.0 --sandbox shows what exists'],
    ],
  ] as const)(
    'of a cleanup: an AMI %s, and regions that could not be looked up: %j',
    (outcome, unseen, says) => {
      const amis: CleanupResult['amis'] = [
        { region: 'us-east-1', ami: 'ami-01', name: 'web', outcome, parts: [], why: '' },
      ];
      const done = {
        exit: 130 as const,
        applied: true,
        release: 'web@1.0.0',
        amis,
        leftovers: [],
        unseen: [...unseen],
      };
      expect(nextAfterCleanup(done, 'web', advisedCommand({ sandbox: true }))).toEqual(says);
    },
  );
});
