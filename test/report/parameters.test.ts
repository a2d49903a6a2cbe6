import { expect, it } from 'vitest';
import type { ParameterSeen } from '../../src/model/events.ts';
import {
  parameterPlanLines,
  parameterResultLines,
  parameterStateLines,
} from '../../src/report/parameters.ts';
import { result } from './made-up.ts';

const seen = (more: Partial<ParameterSeen> = {}): ParameterSeen => ({
  name: '/web/latest/hvm',
  region: 'us-east-1',
  target: 'us-east-1-hvm',
  newest: true,
  state: 'absent',
  ...more,
});

it('shows what a plan does with parameters, each name once', () => {
  expect(parameterPlanLines([])).toEqual([]);
  expect(
    parameterPlanLines([
      seen(),
      seen({ region: 'eu-west-1', target: 'eu-west-1-hvm' }),
      seen({ name: '/web/1/hvm', state: 'current' }),
      seen({ region: 'sa-east-1', state: 'taken', value: 'ami-1', why: 'it has no gopackgo tags' }),
    ]),
  ).toEqual([
    "  parameters 2 to be created · 1 as they should be · 1 somebody else's",
    '    /web/latest/hvm in us-east-1 eu-west-1: to be created',
    "    /web/latest/hvm in sa-east-1: somebody else's (holds ami-1): it has no gopackgo tags",
  ]);
});

it('shows in a status which ones differ', () => {
  const differs = seen({ state: 'differs', value: 'ami-1', why: 'it names web@0.9.0' });
  expect(parameterStateLines([differs], 200)).toEqual([
    '  parameters 1 naming another AMI',
    '    /web/latest/hvm in us-east-1: naming another AMI (holds ami-1): it names web@0.9.0',
  ]);
});

it('shows in a result what happened to them', () => {
  const at = { name: '/web/latest/hvm', region: 'us-east-1', target: 'us-east-1-hvm' };
  expect(parameterResultLines(result())).toEqual([]);
  const missing = result({ parameters: { missing: ['eu-west-1-hvm'], each: [] } });
  expect(parameterResultLines(missing)).toEqual(['  parameters          not written: 1 target not complete']);
  const each = [
    { ...at, outcome: 'written' as const },
    { ...at, outcome: 'kept' as const, why: 'it names web@2.0.0, which was made later' },
    { ...at, outcome: 'failed' as const, why: 'ssm:PutParameter: AccessDeniedException: no' },
    { ...at, outcome: 'held' as const },
  ];
  expect(parameterResultLines(result({ parameters: { missing: [], each } }))).toEqual([
    '  parameters          1 written, 1 left as they are, 1 held back, 1 failed',
    `${' '.repeat(22)}/web/latest/hvm in us-east-1: it names web@2.0.0, which was made later`,
    `${' '.repeat(22)}/web/latest/hvm in us-east-1: ssm:PutParameter: AccessDeniedException: no`,
  ]);
});
