import { describe, expect, it } from 'vitest';
import { cleanupPlan, diffCleanupPlans } from '../../src/cleanup/plan.ts';
import { cleanupResult } from '../../src/cleanup/result.ts';
import { failedLookup } from '../../src/model/lookup.ts';
import { failed, type Outcome, removed } from '../../src/model/resource.ts';
import { kept, plan, planned } from '../report/a-cleanup.ts';

const reviewed = plan({ amis: [planned({ snapshots: ['snap-1'] })] });

describe('a reviewed plan is refused', () => {
  it.each([
    ['where an AMI is gone', plan({}), /us-east-1-1404-pv ami-0123456789abcdef0: is gone/],
    [
      'where it gained a reason to stay',
      plan({ amis: [kept('referenced', 'in use by instance i-1')] }),
      /would be kept now: in use by instance i-1/,
    ],
    [
      'where something else would go with it',
      plan({ amis: [planned({ snapshots: [] })] }),
      /the dependents to be deleted with it have changed/,
    ],
    [
      'where its region is not seen',
      plan({ unseen: [{ region: 'us-east-1', why: 'throttled' }] }),
      /us-east-1 could not be looked up: throttled/,
    ],
    [
      'in another account',
      { ...reviewed, account: '210987654321' },
      /account: was 123456789012, is 210987654321/,
    ],
    ['in a sandbox', { ...reviewed, endpoint: 'sandbox:1' }, /endpoint: was aws, is sandbox:1/],
  ])('%s', (_, now, said) => {
    expect(diffCleanupPlans(reviewed, now)).toEqual([expect.stringMatching(said)]);
  });

  it('but not because of AMIs that are new, or were kept', () => {
    const then = plan({ amis: [planned(), kept('shared', 'it is public', { ami: 'ami-2' })] });
    const now = plan({ amis: [planned(), planned({ ami: 'ami-3' })] });
    expect(diffCleanupPlans(then, now)).toEqual([]);
  });
});

it('names a region that could not be looked up, and decides nothing there', () => {
  const { amis: _, leftovers: __, unseen: ___, ...about } = plan();
  const error = {
    code: 'RequestLimitExceeded',
    message: 'slow down',
    operation: 'ec2:DescribeImages',
    region: 'r',
  };
  expect(cleanupPlan(about, [{ region: 'r', lookup: failedLookup(error) }])).toMatchObject({
    amis: [],
    unseen: [{ region: 'r', why: 'ec2:DescribeImages: RequestLimitExceeded: slow down' }],
  });
});

describe('the exit status', () => {
  const two = plan({ amis: [planned(), kept('guard', 'a run deletes at most 1', { ami: 'ami-2' })] });
  const one = plan({ amis: [planned()] });
  const done = (of: typeof two, outcome: Outcome) => {
    const region = { amis: new Map([[planned().ami, { ...outcome, parts: [] }]]), leftovers: [] };
    const regions = new Map([['us-east-1', region]]);
    return cleanupResult(of, { applied: true, stopped: false, regions, folder: '' });
  };

  it('is 0 if everything was deleted, 1 if something remains or a guard kept it', () => {
    expect(done(one, removed)).toMatchObject({ exit: 0, removed: { amis: 1 } });
    const error = { code: 'Boom', message: 'no', operation: 'ec2:DeregisterImage', region: 'us-east-1' };
    expect(done(one, failed(error))).toMatchObject({
      exit: 1,
      removed: { amis: 0 },
      amis: [{ outcome: 'remains', why: 'ec2:DeregisterImage: Boom: no' }],
    });
    expect(done(two, removed).exit).toBe(1);
  });

  it('is 1 for a region that could not be looked up, 3 for a best-effort region that is not opted in to, 130 after Ctrl-C', () => {
    const shown = { applied: false, stopped: false, regions: new Map(), folder: '' };
    expect(cleanupResult(two, shown).exit).toBe(0);
    const region = { region: 'sa-east-1', why: 'no' };
    expect(cleanupResult(plan({ unseen: [region] }), shown).exit).toBe(1);
    expect(cleanupResult(plan({ unseen: [{ ...region, bestEffort: true }] }), shown).exit).toBe(3);
    expect(cleanupResult(one, { ...shown, applied: true, stopped: true })).toMatchObject({
      exit: 130,
      amis: [{ outcome: 'remains', why: 'it was not started' }],
    });
  });
});
