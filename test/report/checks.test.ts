import { expect, it } from 'vitest';
import type { CheckTrouble } from '../../src/model/events.ts';
import { checkLines, troubleLines } from '../../src/report/checks.ts';
import { planTable } from '../../src/report/plan-table.ts';
import { two } from './made-up.ts';

const trouble = (is: CheckTrouble['is'], region: string): CheckTrouble => ({
  is,
  region,
  check: 'block public access for AMIs',
  expected: 'unblocked',
  found: 'block-new-sharing',
  todo: `aws ec2 disable-image-block-public-access --region ${region}`,
  command: `aws ec2 disable-image-block-public-access --region ${region}`,
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
  [
    { ok: 7, troubles: ['eu-west-1', 'us-west-2'].map((region) => trouble('refused', region)) },
    [
      '  checks      7 ok, 2 refused: block public access for AMIs, in 2 regions: expected unblocked, found block-new-sharing',
    ],
  ],
])('%j is shown as %j', (checks, lines) => {
  expect(checkLines(checks ? { checks } : {})).toEqual(lines);
});

it('a plan shows every finding completely, with what to do about it', () => {
  const shown = planTable({ ...two, endpoint: 'aws', checks: { ok: 7, passed: [], troubles } }, 60).split(
    '\n',
  );
  expect(shown.slice(-5, -1)).toEqual(troubleLines({ troubles }));
  expect(shown).toContain('    aws ec2 disable-image-block-public-access --region us-west-2');
});

it('a finding in several regions is shown once, with the command for each of them', () => {
  const again = { ...trouble('refused', 'sa-east-1'), found: 'what sa-east-1 alone has' };
  expect(troubleLines({ troubles: [...troubles, again] })).toEqual([
    '  refused: us-west-2: block public access for AMIs: expected unblocked, found block-new-sharing',
    '    aws ec2 disable-image-block-public-access --region us-west-2',
    '  refused: sa-east-1: block public access for AMIs: expected unblocked, found what sa-east-1 alone has',
    '    aws ec2 disable-image-block-public-access --region sa-east-1',
    '  warning: block public access for AMIs, in 2 regions: expected unblocked, found block-new-sharing',
    '    for region in us-east-1 eu-west-1; do aws ec2 disable-image-block-public-access --region "$region"; done',
  ]);
});

it('a finding that cannot be checked, or does not belong to one region, is shown with its place in the config', () => {
  const notChecked: CheckTrouble = {
    is: 'not-checked',
    check: 'packer validate',
    expected: 'Packer',
    found: 'none',
    todo: 'Run scripts/setup',
  };
  const place = 'configs/web.json: images[0].builder.subnet_id';
  const troubles = ['eu-west-1', 'us-west-2'].map((region) => ({ ...trouble('refused', region), place }));
  expect(troubleLines({ troubles: [notChecked, ...troubles] })).toEqual([
    `  refused: ${place}: block public access for AMIs, in 2 regions: expected unblocked, found block-new-sharing`,
    '    for region in eu-west-1 us-west-2; do aws ec2 disable-image-block-public-access --region "$region"; done',
    '  not checked: packer validate: expected Packer, found none',
    '    Run scripts/setup',
  ]);
  expect(checkLines({ checks: { ok: 3, troubles: [notChecked] } })).toEqual([
    '  checks      3 ok, 1 not checked: packer validate: expected Packer, found none',
  ]);
});
