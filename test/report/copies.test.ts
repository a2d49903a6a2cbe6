import { expect, it } from 'vitest';
import { question } from '../../src/commands/confirm-publish.ts';
import type { PlanSummary } from '../../src/model/events.ts';
import { painter } from '../../src/report/color.ts';
import { summaryLine } from '../../src/report/live-lines.ts';
import { planTable } from '../../src/report/plan-table.ts';
import { after, nothingYet } from '../../src/report/run-state.ts';

const base = { id: 'ami-0a', name: 'ubuntu', via: 'ssm' as const };
const planned: PlanSummary = {
  type: 'planned',
  release: 'web@1.0.0',
  account: '123456789012',
  endpoint: 'aws',
  regions: ['us-east-1', 'eu-west-1', 'sa-east-1'],
  targets: [
    { name: 'us-east-1-a', region: 'us-east-1', amiName: 'web', base, status: 'absent' },
    ...['eu-west-1', 'sa-east-1'].map((region) => ({
      name: `${region}-a`,
      region,
      amiName: 'web',
      base,
      status: 'absent' as const,
      copyFrom: 'us-east-1-a',
      copyWithin: 30,
    })),
  ],
  toBuild: 1,
  toCopy: 2,
  present: 0,
  inConflict: 0,
  public: false,
  accounts: [],
  organizations: [],
};

it('the plan shows builds, copies with their source, and that AWS charges for timed copies', () => {
  const shown = planTable(planned, 160);
  expect(shown).toMatch(/us-east-1-a +to build +ami-0a/);
  expect(shown).toMatch(/sa-east-1-a +to copy +copy of us-east-1-a/);
  expect(shown).toContain('to build 1 · to copy 2 · already there 0');
  expect(shown).toContain('base images 1 found and pinned');
  expect(shown).toContain('2 timed copies, in 30 minutes each: AWS charges per GiB');
});

it('the question counts both', () => {
  expect(question(planned)).toBe(
    'Build 1 AMI in 1 region, copy 2 AMIs to 2 regions of account 123456789012, private?',
  );
  const copiesAlone = { ...planned, toBuild: 0, targets: planned.targets.slice(1) };
  expect(question(copiesAlone)).toBe('Copy 2 AMIs to 2 regions of account 123456789012, private?');
});

it('the screen distinguishes copies from builds', () => {
  const time = '2026-11-21T12:00:00.000Z';
  const line = (state: typeof nothingYet) => summaryLine(state, 120, painter(false));
  const begun = after(nothingYet, { time, ...planned });
  expect(line(begun)).toBe('0 of 3 verified · 1 to build · 2 to copy');
  const started = {
    type: 'copy-started',
    target: 'eu-west-1-a',
    ami: 'ami-0b',
    from: 'ami-0a',
    attempt: 1,
    of: 3,
  } as const;
  expect(line(after(begun, { time, ...started }))).toBe(
    '0 of 3 verified · 1 being copied · 1 to build · 1 to copy',
  );
});
