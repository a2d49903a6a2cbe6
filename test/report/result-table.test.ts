import { expect, it } from 'vitest';
import type { RecordOutcome, ResultTarget } from '../../src/model/events.ts';
import { painter } from '../../src/report/color.ts';
import { closingTable, closingTrouble } from '../../src/report/result-table.ts';
import { nothingYet } from '../../src/report/run-state.ts';
import { result } from './made-up.ts';

const file = 'ami_ids.json';

it.each<[RecordOutcome, line: string]>([
  [
    { is: 'recorded', file, added: 32, replaced: 32, same: 0, earlier: [] },
    '  recorded            ami_ids.json: 32 added, 32 replaced',
  ],
  [
    { is: 'recorded', file, added: 0, replaced: 1, same: 2, earlier: ['sa-east-1-1404-pv'] },
    '  recorded            ami_ids.json: 0 added, 1 replaced, 2 as they were, 1 of an earlier release',
  ],
  [
    { is: 'unchanged', file, missing: ['us-east-1-2404-hvm'] },
    '  not recorded        ami_ids.json is unchanged: 1 target not complete',
  ],
  [
    { is: 'failed', file, why: 'ENOSPC' },
    '  not recorded        ami_ids.json is unchanged: it could not be written',
  ],
])('says what happened to the ids file: %o', (record, line) => {
  const text = closingTable(result({ record, records: [record] }), nothingYet, 100, painter(false));
  expect(text.split('\n')).toContain(line);
});

it('never wraps a command: it has its own line if its description does not fit beside it', () => {
  const again = 'gopackgo publish web --sandbox --only us-east-1-2404-hvm --yes';
  const advice = `it is encrypted (aws ec2 disable-ebs-encryption-by-default --region us-east-1), so change that`;
  const [first] = result().targets;
  if (first === undefined) throw new Error('no target');
  const targets = [{ ...first, error: { kind: 'other' as const, message: advice } }];
  const next = ['fix what is said above, then', `${again}   builds only what is missing`];
  const lines = closingTrouble(result({ exit: 1, targets, next }), nothingYet, 40, painter(false)).split(
    '\n',
  );
  expect(lines).toContain(`            ${again}`);
  expect(lines).toContain('              builds only what is');
  expect(lines).toContain('    (aws ec2 disable-ebs-encryption-by-default --region us-east-1),');
});

it('shows a failure that several targets share once, with all their names', () => {
  const failed = (name: string, message: string) => ({
    name,
    region: name.slice(0, 9),
    status: 'failed' as const,
    attempts: 1,
    seconds: 1,
    error: { kind: 'other' as const, message, lines: [`a line of ${name}`], log: `${name}/log:1` },
  });
  const targets = [
    failed('us-east-1-a', 'us-east-1: ami-0aaaaaaaaaaaaaaa1 has a fault'),
    failed('eu-west-1-a', 'eu-west-1: ami-0aaaaaaaaaaaaaaa2 has a fault'),
    failed('eu-west-1-b', 'another fault'),
    failed('us-east-1-c', 'us-east-1: ami-0aaaaaaaaaaaaaaa3 has a fault'),
  ];
  const told = closingTrouble(result({ exit: 1, targets }), nothingYet, 60, painter(false));
  expect(told.split('\n').slice(0, 7)).toEqual([
    '✖ us-east-1-a  us-east-1: ami-0aaaaaaaaaaaaaaa1 has a fault',
    '    a line of us-east-1-a',
    '    log us-east-1-a/log:1',
    '    the same with 2 others: eu-west-1-a us-east-1-c',
    '✖ eu-west-1-b  another fault',
    '    a line of eu-west-1-b',
    '    log eu-west-1-b/log:1',
  ]);
});

it('never says that nothing was made public if snapshots were', () => {
  const [first] = result().targets;
  const one = { ...first, openSnapshots: ['snap-0aaaaaaaaaaaaaaa1'] } as ResultTarget;
  const state = { ...nothingYet, audience: { public: true, accounts: [], organizations: [] } };
  const stopped = (target: ResultTarget) => result({ exit: 1, targets: [target] });
  const table = (target: ResultTarget) => closingTable(stopped(target), state, 100, painter(false));
  expect(table(one)).toContain('1 of 1 verified, no AMI was made public, though 1 snapshot is');
  expect(table({ ...one, openSnapshots: [] })).toContain('1 of 1 verified, nothing was made public');
  expect(closingTrouble(stopped(one), state, 100, painter(false))).toContain(
    '  open      1 snapshot that others can use now: snap-0aaaaaaaaaaaaaaa1\n',
  );
});

it('never says that AMIs are shared with nobody if everybody may still use them', () => {
  const [first] = result().targets;
  const everybody = { public: true, accounts: [], organizations: [] };
  const open = { ...first, stillOpenTo: everybody } as ResultTarget;
  const failed = result({ exit: 1, targets: [open, { ...open, name: 'us-east-1-b' }] });
  expect(closingTable(failed, nothingYet, 100, painter(false))).toContain(
    '2 of 2 verified, 2 AMIs still open to everybody',
  );
  expect(closingTrouble(failed, nothingYet, 100, painter(false))).not.toContain('shared with nobody');
});
