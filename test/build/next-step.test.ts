import { expect, it } from 'vitest';
import { nextStep, type Progress, type Step } from '../../src/build/next-step.ts';
import type { Ami } from '../../src/model/ami.ts';
import type { Status } from '../../src/model/status.ts';

const ami = { id: 'ami-01' } as Ami;
const error = { code: 'X', message: '', operation: '', region: '' };
const statuses: Status[] = [
  { is: 'absent' },
  { is: 'building', where: 'this host' },
  { is: 'pending', ami },
  { is: 'built', ami },
  { is: 'built', ami, adopt: { tag: 'x' } },
  { is: 'wrong', ami, differences: [] },
  { is: 'verified', ami },
  { is: 'shared', ami },
  { is: 'failed', leftovers: [], why: '' },
  { is: 'conflict', by: 'another AMI', amis: [], why: '' },
  { is: 'unknown', error },
];
const fresh: Progress = {
  attempts: 0,
  throttled: 0,
  attemptsAtMost: 3,
  stopping: false,
  startsNothing: false,
};
const after = (
  kind: 'transient' | 'provisioner' | 'other' | 'stopped' | 'timeout',
  attempts = 1,
): Progress => ({
  ...fresh,
  attempts,
  failure: { kind, message: '' },
});

const steps = (leftovers: boolean, progress: Progress) =>
  statuses.map((status) => nextStep(status, leftovers, progress));

it('gives a copy the deprecation date of its source before it removes leftovers', () => {
  const lacking: Status = { is: 'built', ami, deprecateAt: '2027-11-21T12:00:00.000Z' };
  expect([nextStep(lacking, true, fresh), nextStep(lacking, false, fresh)]).toEqual(['adopt', 'adopt']);
});

it('first checks for running builds, adopts before it removes leftovers, and removes them before it builds', () => {
  expect(steps(false, fresh)).toEqual<Step[]>([
    'attempt',
    'wait',
    'wait',
    'done',
    'adopt',
    'done',
    'done',
    'done',
    'clear',
    'done',
    'done',
  ]);
  expect(steps(true, fresh)).toEqual<Step[]>([
    'attempt',
    'wait',
    'wait',
    'clear',
    'adopt',
    'clear',
    'clear',
    'clear',
    'clear',
    'done',
    'done',
  ]);
});

it('starts nothing and waits for nothing when stopping, but still removes leftovers', () => {
  expect(steps(true, { ...fresh, stopping: true })).toEqual<Step[]>([
    'done',
    'done',
    'done',
    'clear',
    'adopt',
    'clear',
    'clear',
    'clear',
    'clear',
    'done',
    'done',
  ]);
});

it('starts nothing after another target failed, and waits for running builds', () => {
  expect(steps(false, { ...fresh, startsNothing: true })).toEqual<Step[]>([
    'done',
    'wait',
    'wait',
    'done',
    'adopt',
    'done',
    'done',
    'done',
    'clear',
    'done',
    'done',
  ]);
});

it.each([
  [after('transient'), 'attempt'],
  [after('transient', 3), 'done'],
  [after('provisioner'), 'done'],
  [after('other'), 'done'],
  [after('stopped'), 'done'],
  [after('timeout'), 'done'],
])('after %o the next step of an absent target is: %s', (progress, step) => {
  expect(nextStep({ is: 'absent' }, false, progress)).toBe(step);
});
