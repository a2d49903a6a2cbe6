import { expect, it } from 'vitest';
import { heading } from '../../src/report/heading.ts';
import { planTable } from '../../src/report/plan-table.ts';
import { statusTable } from '../../src/report/status-table.ts';
import { planned, two } from './made-up.ts';

const [first, second] = two.targets;
const mixed = {
  ...two,
  toBuild: 1,
  present: 0,
  inConflict: 1,
  accounts: ['210987654321'],
  targets: [first, second].flatMap((target) => target ?? []),
};
Object.assign(mixed.targets, [
  first,
  {
    ...second,
    status: 'conflict',
    ami: 'ami-0aaaaaaaaaaaaaaa2',
    why: 'another recipe, password=hunter2hunter2',
  },
]);

it('shows a plan at 80 columns', () => {
  expect(planTable(two, 80).split('\n')).toEqual([
    'test-ebs@1.0.0 · account 123456789012 · sandbox · 2 AMIs in 1 region',
    '  TARGET              STATUS    BASE IMAGE             BASE NAME',
    '  us-east-1-2204-hvm  to build  ami-0123456789abcdef0  …2204-hvm-server-20260101',
    '  us-east-1-2404-hvm  to build  ami-0123456789abcdef0  …2404-hvm-server-20260101',
    '  not shown in 80 columns: VIA, AMI NAME',
    '  to build 2 · already there 0 · in conflict 0 · shared with nobody',
    '  base images 2 found and pinned, all by SSM',
    '',
  ]);
});

it('shows a whole plan if there is room, and why a target is in conflict, without credentials', () => {
  expect(planTable(mixed, Number.POSITIVE_INFINITY).split('\n')).toEqual([
    'test-ebs@1.0.0 · account 123456789012 · sandbox · 2 AMIs in 1 region',
    '  TARGET              STATUS       AMI                    BASE IMAGE             VIA  BASE NAME                                              AMI NAME',
    '  us-east-1-2204-hvm  to build     -                      ami-0123456789abcdef0  ssm  ubuntu/images/hvm-ssd/ubuntu-2204-hvm-server-20260101  test 2204-hvm 1.0.0',
    '  us-east-1-2404-hvm  in conflict  ami-0aaaaaaaaaaaaaaa2  ami-0123456789abcdef0  ssm  ubuntu/images/hvm-ssd/ubuntu-2404-hvm-server-20260101  test 2404-hvm 1.0.0',
    expect.stringMatching(/^ {2}✖ us-east-1-2404-hvm: another recipe, password=[[(]\w+[\])]$/),
    '  to build 1 · already there 0 · in conflict 1 · to share with 210987654321',
    '  base images 2 found and pinned, all by SSM',
    '',
  ]);
});

it('shows a status', () => {
  const targets = [
    {
      name: 'us-east-1-2204-hvm',
      region: 'us-east-1',
      status: 'shared' as const,
      ami: 'ami-0aaaaaaaaaaaaaaa1',
      snapshots: ['snap-0aaaaaaaaaaaaaaa1'],
    },
    {
      name: 'us-east-1-2404-hvm',
      region: 'us-east-1',
      status: 'unknown' as const,
      why: 'ec2:DescribeImages: UnauthorizedOperation',
    },
  ];
  const of = { format: 2 as const, release: 'test-ebs@1.0.0', account: '123456789012', endpoint: 'aws' };
  const status = { ...of, targets, others: [], findings: [], unseen: [] };
  expect(statusTable(status, 80).split('\n')).toEqual([
    'test-ebs@1.0.0 · account 123456789012',
    '  TARGET              STATUS   AMI                    SNAPSHOTS',
    '  us-east-1-2204-hvm  shared   ami-0aaaaaaaaaaaaaaa1  snap-0aaaaaaaaaaaaaaa1',
    '  us-east-1-2404-hvm  unknown  -                      -',
    '  ? us-east-1-2404-hvm: ec2:DescribeImages: UnauthorizedOperation',
    '  1 of 2 verified · 1 shared',
    '',
  ]);
});

it('never cuts who gets access', () => {
  const accounts = ['111122223333', '210987654321', '333344445555'];
  const lines = planTable({ ...two, accounts }, 80).split('\n');
  expect(lines.slice(-4, -2)).toEqual([
    '  to build 2 · already there 0 · in conflict 0 · to share with 111122223333,',
    '    210987654321, 333344445555',
  ]);
});

it('counts the regions shown in the heading, and does not announce finished work', () => {
  const all = { ...planned(['us-east-1', 'eu-west-1'], ['2404-hvm']), public: true };
  const [one] = all.targets;
  if (one === undefined) throw new Error('no target');
  expect(heading({ ...all, targets: [one] }).slice(0, 2)).toEqual([
    expect.stringMatching(/1 AMI in 1 region$/),
    expect.stringMatching(/to make public$/),
  ]);
  expect(heading({ ...all, targets: [{ ...one, status: 'shared' }] })[1]).toMatch(/ · public$/);
  expect(heading({ ...all, public: false, candidate: true })[1]).toMatch(
    / · shared with nobody \(a candidate\)$/,
  );
});

it('counts targets in progress in the heading, so that all are counted, unless they are taken over', () => {
  const building = two.targets.map((one) => ({ ...one, status: 'building' as const }));
  const at = { ...two, targets: building, toBuild: 0 };
  expect(heading(at)[1]).toContain('to build 0 · already there 0 · in progress 2 · in conflict 0');
  const [{ name: target } = { name: '' }] = building;
  const taken = {
    ...at,
    toBuild: 1,
    takesOver: [{ target, host: 'h', instance: 'i-0c', since: '2026-11-21' }],
  };
  expect(heading(taken)[1]).toContain('to build 1 · already there 0 · in progress 1 · in conflict 0');
});

it('says in a rehearsal how commands of the AWS CLI reach the sandbox, and only there', () => {
  const status = (endpoint: string, todo: string) => {
    const finding = {
      code: 'ami-disabled' as const,
      release: 'web@1.0.0',
      place: 'ami-01',
      expected: 'a',
      found: 'b',
    };
    const about = { format: 2 as const, release: 'web@1.0.0', account: '123456789012', endpoint };
    const none = { targets: [], others: [], unseen: [] };
    return statusTable({ ...about, ...none, findings: [{ ...finding, todo }] }, 200);
  };
  const enable = 'Enable it (aws ec2 enable-image --image-id ami-01).';
  const note = 'run aws commands with the environment that "gopackgo sandbox" prints';
  expect(status('sandbox:01', enable)).toContain(note);
  expect(status('aws', enable)).not.toContain(note);
  expect(status('sandbox:01', 'gopackgo publish web@1.0.0 --sandbox sets it.')).not.toContain(note);
});
