import { expect, it } from 'vitest';
import type { CheckTrouble } from '../../src/events.ts';
import { checkLines, troubleLines } from '../../src/report/check-words.ts';
import { planTable } from '../../src/report/plan-table.ts';
import { two } from './made-up.ts';

const trouble = (is: CheckTrouble['is'], region: string): CheckTrouble => ({
  is,
  region,
  check: 'block public access for AMIs',
  expected: 'unblocked',
  found: 'block-new-sharing',
  todo: `aws ec2 disable-image-block-public-access --region ${region}`,
});
const troubles = [
  trouble('warning', 'us-east-1'),
  trouble('warning', 'eu-west-1'),
  trouble('refused', 'us-west-2'),
];

it.each([
  [undefined, []],
  [{ ok: 0, troubles: [] }, []],
  [{ ok: 40, troubles: [] }, ['  checks      40 ok']],
  [
    { ok: 39, troubles: troubles.slice(0, 1) },
    [
      '  checks      39 ok, 1 warning: us-east-1: block public access for AMIs: expected unblocked, found block-new-sharing',
    ],
  ],
  [
    { ok: 7, troubles },
    [
      '  checks      7 ok, 1 refused, 2 warnings: us-west-2: block public access for AMIs: expected unblocked, found block-new-sharing; …',
    ],
  ],
])('%j is said as %j', (checks, lines) => {
  expect(checkLines(checks ? { checks } : {})).toEqual(lines);
});

it('a plan names everything that was found, whole, with what to do about it', () => {
  const shown = planTable({ ...two, checks: { ok: 7, troubles } }, 60).split('\n');
  expect(shown.slice(-7, -1)).toEqual(troubleLines({ ok: 7, troubles }));
  expect(shown).toContain('    aws ec2 disable-image-block-public-access --region us-west-2');
});
