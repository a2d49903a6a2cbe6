import { expect, it } from 'vitest';
import type { RunEvent, TargetError } from '../../src/model/events.ts';
import { painter } from '../../src/report/color.ts';
import { signOf, summaryLine } from '../../src/report/live-lines.ts';
import { at, failed, planned, stateAfter, two } from './made-up.ts';

const target = 'us-east-1-2204-hvm';
const ami = 'ami-0aaaaaaaaaaaaaaa1';
const begins = at(1, { type: 'attempt-started', target, attempt: 1, of: 3, log: 'one/log' });
const error: TargetError = { kind: 'transient', message: 'InsufficientInstanceCapacity' };
const fails = at(9, { type: 'attempt-ended', target, attempt: 1, exit: 1, seconds: 8, error });
const failsForNow = at(9, {
  type: 'attempt-ended',
  target,
  attempt: 1,
  exit: 1,
  seconds: 8,
  error,
  retryIn: 5,
});
const cleared = at(10, { type: 'status', target, status: 'absent' });
const again = at(14, { type: 'attempt-started', target, attempt: 2, of: 3, log: 'two/log' });
const ends = at(20, { type: 'attempt-ended', target, attempt: 2, exit: 0, seconds: 6 });
const verified = at(21, { type: 'verified', target, ami });
const plan = at(0, two);

it.each([
  ['planned', [plan], '◌'],
  ['building', [plan, begins], '●'],
  ['failed', [plan, begins, fails], '✖'],
  ['failed, and its leftovers were removed', [plan, begins, fails, cleared], '✖'],
  ['failed, and tried again soon', [plan, begins, failsForNow, cleared], '↻'],
  ['tried again', [plan, begins, failsForNow, cleared, again], '●'],
  ['built at last', [plan, begins, failsForNow, again, ends], '●'],
  ['verified at last', [plan, begins, fails, again, ends, verified], '✔'],
  ['in conflict', [plan, at(1, { type: 'status', target, status: 'conflict', why: 'two' })], '✖'],
  ['unknown', [plan, at(1, { type: 'status', target, status: 'unknown' })], '?'],
])('%s', (_, events, sign) => {
  const [first, second] = stateAfter(...events).targets;
  expect(first && signOf(first).sign).toBe(sign);
  expect(second).toEqual(stateAfter(plan).targets[1]);
});

it('forgets a failure once the target is verified', () => {
  const [first] = stateAfter(plan, begins, fails, again, ends, verified).targets;
  expect(first).toMatchObject({ status: 'verified', ami });
  expect(first).not.toHaveProperty('error');
});

it('uses the result at the end', () => {
  const state = stateAfter(plan, begins, at(30, failed));
  expect(state.targets.map(({ status }) => status)).toEqual(['verified', 'failed']);
  expect(state.targets[1]?.error?.kind).toBe('provisioner');
});

it('has the calls that fail and are repeated, until they succeed', () => {
  const call = { operation: 'ec2:DescribeKeyPairs', region: 'us-east-1' };
  const failing = { ...call, error: 'InternalError: x', until: '2026-11-21T03:09:05.000Z' };
  const retrying = at(1, { type: 'retrying', ...failing, retryIn: 2 });
  const other = at(2, { type: 'retrying', ...failing, region: 'eu-west-1', retryIn: 2 });
  const later = at(3, { type: 'retrying', ...failing, error: 'InternalError: y', retryIn: 4 });
  expect(stateAfter(plan, retrying, other, later).retrying).toEqual([
    { ...failing, region: 'eu-west-1' },
    { ...failing, error: 'InternalError: y' },
  ]);
  expect(stateAfter(plan, retrying, other, at(4, { type: 'answered', ...call })).retrying).toEqual([
    { ...failing, region: 'eu-west-1' },
  ]);
});

it('changes nothing for a target that is not in the plan', () => {
  const stranger = at(1, { type: 'verified', target: 'mars-1-2204-hvm', ami });
  expect(stateAfter(plan, stranger)).toEqual(stateAfter(plan));
});

it('counts every target once', () => {
  const many = planned(['us-east-1'], ['a', 'b', 'c', 'd', 'e', 'f'], ['123456789012']);
  const name = (image: string) => `us-east-1-${image}`;
  const state = stateAfter(
    at(0, many),
    at(1, {
      type: 'shared',
      target: name('a'),
      ami,
      public: false,
      accounts: ['123456789012'],
      organizations: [],
    }),
    at(1, { type: 'verified', target: name('b'), ami }),
    at(1, { type: 'attempt-started', target: name('c'), attempt: 1, of: 1, log: 'log' }),
    at(1, { type: 'attempt-ended', target: name('d'), attempt: 1, exit: 1, seconds: 1, error }),
    at(1, { type: 'status', target: name('e'), status: 'pending' }),
  );
  expect(summaryLine(state, 80, painter(false))).toBe(
    '2 of 6 verified · 1 building · 1 to verify · 1 to build · 1 failed · 1 shared',
  );
});

it('says that nothing of a public release is public yet, until all targets are verified', () => {
  const open = { ...planned(['us-east-1'], ['a', 'b']), public: true };
  const verify = (image: string) => at(1, { type: 'verified', target: `us-east-1-${image}`, ami });
  const share = (image: string) =>
    at(2, {
      type: 'shared',
      target: `us-east-1-${image}`,
      ami,
      public: true,
      accounts: [],
      organizations: [],
    });
  const lineAfter = (...events: RunEvent[]) =>
    summaryLine(stateAfter(at(0, open), ...events), 80, painter(false));
  expect(lineAfter(verify('a'))).toBe('1 of 2 verified · 1 to build · 0 public until all are verified');
  expect(lineAfter(verify('a'), verify('b'))).toBe('2 of 2 verified · sharing: 0 of 2 public');
  expect(lineAfter(share('a'), share('b'))).toBe('2 of 2 verified · 2 public');
});

it('shows an AMI whose last stale permission was revoked as verified, not as shared', () => {
  const name = 'us-east-1-2204-hvm';
  const nobody = { public: false, accounts: [], organizations: [] };
  const state = stateAfter(plan, verified, at(2, { type: 'shared', target: name, ami, ...nobody }));
  expect(state.targets.find((target) => target.name === name)?.status).toBe('verified');
});
