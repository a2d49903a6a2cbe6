import { describe, expect, it } from 'vitest';
import type { Ami } from '../../src/model/ami.ts';
import { okLookup } from '../../src/model/lookup.ts';
import type { Status } from '../../src/model/status.ts';
import type { Verdict } from '../../src/observe/verify.ts';
import { planSummary, refuseToStart } from '../../src/publish/plan-summary.ts';
import { heading } from '../../src/report/heading.ts';
import { plan, target } from '../support/embedded.ts';

const ami = { id: 'ami-01', region: 'us-east-1', snapshots: ['snap-01'] } as Ami;
const error = { code: 'X', message: 'no', operation: 'ec2:Any', region: 'us-east-1' };
const mixed: Status = { is: 'conflict', by: 'another recipe', amis: [ami], why: 'another recipe' };
const foreign: Status = { is: 'conflict', by: 'another AMI', amis: [ami], why: 'not ours' };

const verdict = (status: Status, required = true): Verdict => ({
  target: { ...target, required },
  sighting: { target, asked: 0, images: okLookup([]), builders: okLookup([]), leftovers: okLookup([]) },
  status,
});

describe('a run is refused because of', () => {
  it.each([mixed, foreign, { is: 'wrong', ami, differences: [] }, { is: 'unknown', error }] as Status[])(
    '$is of a required target, and not of a best-effort one',
    (status) => {
      expect(() => refuseToStart([verdict(status)])).toThrow('Nothing was built');
      expect(() => refuseToStart([verdict(status, false), verdict({ is: 'absent' })])).not.toThrow();
    },
  );

  it('several targets with the same problem, which is named once', () => {
    const elsewhere: Verdict = { ...verdict(foreign), target: { ...target, name: 'us-east-1-b' } };
    const other: Verdict = {
      ...verdict({ ...foreign, why: 'something else' }),
      target: { ...target, name: 'us-east-1-c' },
    };
    expect(() => refuseToStart([verdict(foreign), elsewhere, other])).toThrow(
      `  ${target.name}: not ours\n    the same with 1 other: us-east-1-b\n  us-east-1-c: something else\n`,
    );
  });

  it('another release’s AMI, without the advice to raise the version, which would not help', () => {
    const theirs: Status = { ...foreign, by: 'another release', why: 'theirs: do this' };
    expect(() => refuseToStart([verdict(theirs)])).toThrow(
      /theirs: do this\ngopackgo never changes an existing AMI\.$/,
    );
    expect(() => refuseToStart([verdict(theirs), verdict(foreign)])).toThrow('Raise "version"');
  });

  it('another recipe, and only then the options for that are named', () => {
    const ways = /--replace .*\n.*--accept-mixed /;
    expect(() => refuseToStart([verdict(mixed), verdict(foreign)])).toThrow(ways);
    expect(() => refuseToStart([verdict(mixed)])).toThrow('may use it and it is not recorded\n');
    expect(() => refuseToStart([verdict(mixed), verdict(mixed)])).toThrow(
      'may use them and they are not recorded\n',
    );
    expect(() => refuseToStart([verdict(foreign)])).toThrow(/^(?!(.|\n)*--replace)/);
  });
});

it('counts AMIs to be replaced as to be built, and accepted AMIs of another recipe as existing', () => {
  const way = { replaces: [{ target, ami, snapshots: ['snap-01'] }], takesOver: [] };
  expect(planSummary(plan, [verdict(mixed)], way)).toMatchObject({
    toBuild: 1,
    inConflict: 0,
    replaces: [{ target: target.name, ami: 'ami-01', snapshots: ['snap-01'] }],
  });
  const kept = planSummary(plan, [verdict({ is: 'verified', ami, mixed: true })]);
  expect(kept).toMatchObject({ toBuild: 0, present: 1, targets: [{ mixed: true, why: expect.anything() }] });
  expect(kept).not.toHaveProperty('replaces');
});

it('counts yanked and retired AMIs separately from conflicts', () => {
  const by = (obstacle: 'yanked' | 'retired') =>
    verdict({ is: 'conflict', by: obstacle, amis: [ami], why: `ami-01 was ${obstacle}` });
  const summary = planSummary(plan, [by('yanked'), by('retired'), verdict(foreign)]);
  expect(summary).toMatchObject({
    inConflict: 1,
    targets: [{ status: 'yanked' }, { status: 'retired' }, { status: 'conflict' }],
  });
  expect(heading(summary)[1]).toContain(
    'to build 0 · already there 0 · in conflict 1 · yanked 1 · retired 1 ·',
  );
});

it('says "a candidate" for candidates only', () => {
  expect(planSummary({ ...plan, candidate: true }, [])).toMatchObject({ candidate: true });
  expect(planSummary(plan, [])).not.toHaveProperty('candidate');
});
