import { expect, it } from 'vitest';
import type { DoctorReport } from '../../src/model/events.ts';
import { doctorTable } from '../../src/report/doctor-table.ts';

const report = (checks: DoctorReport['checks']): DoctorReport => ({
  format: 2,
  release: 'web@1.0.0',
  account: '123456789012',
  endpoint: 'sandbox:1',
  checks,
});
const found = { expected: 'unblocked', found: 'block-new-sharing', todo: 'Unblock it' };

it('lists every check with its result and where, then what to do', () => {
  const check = 'block public access for AMIs';
  const checks: DoctorReport['checks'] = [
    { is: 'ok', check, region: 'us-east-1' },
    { is: 'refused', check, region: 'eu-west-1', ...found },
    { is: 'ok', check, region: 'us-west-2' },
    { is: 'not-checked', check: 'packer validate', ...found },
    { is: 'unknown', check: 'subnets', region: 'eu-west-1', place: 'configs/web.json: regions', ...found },
  ];
  expect(doctorTable(report(checks), 100).split('\n')).toEqual([
    'web@1.0.0 · account 123456789012 · sandbox',
    '  CHECK                         RESULT       WHERE',
    '  block public access for AMIs  ok           us-east-1, us-west-2',
    '  block public access for AMIs  refused      eu-west-1',
    '  packer validate               not checked  -',
    '  subnets                       unknown      eu-west-1',
    '  refused: eu-west-1: block public access for AMIs: expected unblocked, found block-new-sharing',
    '    Unblock it',
    '  unknown: eu-west-1: configs/web.json: regions: subnets: expected unblocked, found block-new-sharing',
    '    Unblock it',
    '  not checked: packer validate: expected unblocked, found block-new-sharing',
    '    Unblock it',
    '  2 ok, 1 refused, 1 unknown, 1 not checked',
    '',
  ]);
});

it('counts regions if there are many, and says if there is nothing to check', () => {
  const regions = ['a-1', 'b-1', 'c-1', 'd-1', 'e-1'];
  const checks = regions.map((region) => ({ is: 'ok' as const, check: 'subnets', region }));
  expect(doctorTable(report(checks), 100)).toContain('  subnets  ok      5 regions\n  5 ok\n');
  expect(doctorTable(report([]), 100)).toBe(
    'web@1.0.0 · account 123456789012 · sandbox\n  nothing to check\n',
  );
});

it('no control character of a finding reaches the terminal', () => {
  const checks = [{ is: 'warning' as const, check: 'a\u001b[2Jb', ...found }];
  expect(doctorTable(report(checks), 100)).not.toContain('\u001b');
});
