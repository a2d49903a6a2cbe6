import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../src/commands/advised-command.ts';
import { type ComparedTarget, comparedByTags } from '../../src/lifecycle/compared-target.ts';
import {
  baseFindings,
  type Comparing,
  parameterFindings,
  recordFindings,
  releaseFindings,
  targetFindings,
} from '../../src/lifecycle/findings.ts';
import type { ConfiguredTarget } from '../../src/lifecycle/ready-targets.ts';
import type { Ami } from '../../src/model/ami.ts';
import { nobody } from '../../src/model/permission.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const command = advisedCommand({ sandbox: true });
const published = { 'gopackgo:published': '2026-01-01T00:00:00.000Z' };

const ami = (more: Partial<Ami> = {}): Ami => ({
  id: 'ami-01',
  name: 'web 1.0.0',
  region: 'us-east-1',
  owner: '123456789012',
  state: 'available',
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDevice: 'ebs',
  created: '2026-01-01T00:00:00.000Z',
  public: false,
  snapshots: ['snap-01'],
  tags: published,
  ...more,
});

const target = (more: Partial<ComparedTarget> = {}): ComparedTarget => ({
  release: 'web@1.0.0',
  name: 'us-east-1-2404',
  region: 'us-east-1',
  required: true,
  status: 'shared',
  ami: ami(),
  lacks: [],
  open: [],
  ...more,
});

const codes = (one: ComparedTarget, of: Partial<Comparing> = {}) =>
  targetFindings(one, { current: true, now, command, ...of }).map(({ code }) => code);

describe('a deprecation date', () => {
  it.each([
    ['2026-11-30T11:59:00Z', 'deprecated'],
    ['2026-11-30T12:01:00Z', 'deprecation-near'],
    ['2026-12-30T12:00:00Z', 'deprecation-near'],
  ])('%s is %s', (deprecated, code) => {
    expect(codes(target({ ami: ami({ deprecated }) }))).toEqual([code]);
  });

  it('is no finding if it is far away, or if nobody should use the release, or it was not published', () => {
    const near = '2026-12-01T00:00:00Z';
    expect(codes(target({ ami: ami({ deprecated: '2026-12-30T12:01:00Z' }) }))).toEqual([]);
    expect(codes(target({ ami: ami({ deprecated: near }) }), { current: false })).toEqual([]);
    expect(codes(target({ ami: ami({ deprecated: near, tags: {} }) }))).toEqual([]);
  });

  it('that differs from the config is reported once', () => {
    const lifecycle = { deprecateAfter: 700 };
    const findings = targetFindings(target({ ami: ami({ deprecated: '2026-12-01T00:00:00Z' }) }), {
      lifecycle,
      current: true,
      now,
      command,
    });
    expect(findings).toMatchObject([
      {
        code: 'deprecation-differs',
        expected: 'deprecated from 2027-12-02',
        found: '2026-12-01',
        todo: 'gopackgo publish web@1.0.0 --sandbox sets it.',
      },
    ]);
  });
});

it.each([
  [undefined, true, ['protection-differs']],
  ['enabled-with-cooldown', true, []],
  ['enabled', false, ['protection-differs']],
  ['enabled', undefined, []],
] as const)('protection %s if the config says %s', (protection, wanted, expected) => {
  const lifecycle = wanted === undefined ? {} : { deregistrationProtection: wanted };
  expect(codes(target({ ami: ami(protection ? { protection } : {}) }), { lifecycle })).toEqual(expected);
});

describe('shared tags', () => {
  const told = (tags: Record<string, string>) => target({ ami: ami({ tags: { ...ami({}).tags, ...tags } }) });
  const of = (sharedTags: boolean | undefined, current: boolean) => ({
    lifecycle: sharedTags === undefined ? {} : { sharedTags },
    current,
    sharedStatus: () => ({ is: 'superseded' as const, by: 'web@2.0.0' }),
    now,
    command,
  });
  const stale = told({ 'ec2:SharedTag/release': 'web@1.0.0', 'ec2:SharedTag/lifecycle': 'current' });

  it('that are stale are one finding each, with their expected value', () => {
    expect(targetFindings(stale, of(true, false))).toMatchObject([
      {
        code: 'shared-tag-differs',
        expected: 'ec2:SharedTag/lifecycle "superseded"',
        found: '"current"',
        todo: 'gopackgo publish web@1.0.0 --sandbox sets it.',
      },
      { expected: 'ec2:SharedTag/replaced-by "web@2.0.0"', found: 'no such tag' },
    ]);
  });

  it('that an older release never had are no finding; those missing from a release in use are', () => {
    expect(targetFindings(told({}), of(true, false))).toEqual([]);
    expect(targetFindings(told({}), of(true, true)).map(({ code }) => code)).toEqual(
      Array(3).fill('shared-tag-differs'),
    );
  });

  it('are ignored without the setting, and are findings if it is false', () => {
    expect(targetFindings(stale, of(undefined, true))).toEqual([]);
    expect(targetFindings(stale, of(false, true))).toMatchObject([
      { expected: 'no tag ec2:SharedTag/release', found: '"web@1.0.0"' },
      { expected: 'no tag ec2:SharedTag/lifecycle' },
    ]);
  });
});

describe('permissions', () => {
  const friend = { ...nobody, accounts: ['210987654321'] };
  const everybody = { ...nobody, public: true };
  const open = [
    { kind: 'snapshot' as const, id: 'snap-01', change: { add: friend, remove: nobody } },
    { kind: 'AMI' as const, id: 'ami-01', change: { add: friend, remove: everybody } },
  ];

  it('that are missing and extra ones are one finding each', () => {
    expect(codes(target({ open }))).toEqual([
      'volume-permission-missing',
      'launch-permission-missing',
      'launch-permission-extra',
    ]);
  });

  it('that are missing are no finding before the release is published; extra ones are', () => {
    expect(codes(target({ open, ami: ami({ tags: {} }) }))).toEqual(['launch-permission-extra']);
  });

  it('that could not be looked up are no finding', () => {
    const error = { code: 'Throttled', message: 'slow', operation: 'ec2:Any', region: 'us-east-1' };
    expect(codes(target({ open, error }))).toEqual([]);
  });
});

describe('a base image', () => {
  const tag = '099720109477/ubuntu';
  const seen = (more: object) => baseFindings(target(), { tag, ...more }).map(({ code }) => code);

  it('is a finding if it is gone, disabled or yanked', () => {
    expect(seen({})).toEqual(['base-missing']);
    expect(seen({ ami: ami({ state: 'disabled' }) })).toEqual(['base-missing']);
    expect(seen({ ami: ami(), yanked: 'on 2026-11-01: it opens a port' })).toEqual(['base-yanked']);
    expect(seen({ ami: ami({ deprecated: '2026-01-02T00:00:00Z' }) })).toEqual([]);
  });
});

describe('a release', () => {
  const absent = target({ status: 'absent', lacks: [] });
  const first = new Map([['us-east-1-2404', { is: 'first' as const }]]);
  const code = (targets: ComparedTarget[], status?: typeof first) =>
    releaseFindings('web@1.0.0', targets, status, command).map((one) => [one.code, one.bestEffort ?? false]);

  it('is missing, unfinished or complete', () => {
    expect(code([absent, absent])).toEqual([['release-missing', false]]);
    expect(code([{ ...absent, required: false }])).toEqual([['release-missing', true]]);
    expect(code([absent, target()])).toEqual([]);
    expect(code([target({ ami: ami({ tags: {} }) })])).toEqual([['unfinished', false]]);
    expect(code([target()], first)).toEqual([['unfinished', false]]);
    expect(code([target()])).toEqual([]);
  });
});

it('a parameter is a finding if it should name an AMI and does not, whoever wrote it', () => {
  const wanted = {
    name: '/web/latest',
    region: 'us-east-1',
    target: 'us-east-1-2404',
    required: true,
    newest: true,
    ami: { id: 'ami-01', created: '2026-01-01' },
  };
  const all = (['current', 'absent', 'differs', 'tags', 'taken', 'newer', 'kept', 'unknown'] as const).map(
    (state) => ({ wanted, status: { state, value: 'ami-02', why: 'it names web@0.9.0' }, version: 1 }),
  );
  const told = parameterFindings('web@1.0.0', all, (_, ...more) => command('promote', 'web@1.0.0', ...more));
  expect(told.map(({ code }) => code)).toEqual([
    'parameter-missing',
    'parameter-differs',
    'parameter-differs',
    'parameter-taken',
  ]);
  expect(told[1]).toMatchObject({ expected: 'ami-01', found: 'ami-02, it names web@0.9.0' });
  expect(told[3]?.todo).toBe('gopackgo promote web@1.0.0 --sandbox --take-over-parameters overwrites it.');
  const secure = {
    state: 'taken' as const,
    why: "it is a SecureString, and a parameter's type cannot be changed",
  };
  const [kept] = parameterFindings(
    'web@1.0.0',
    [{ wanted, status: secure, version: 1 }],
    () => 'gopackgo promote',
  );
  expect(kept?.todo).toBe('Delete it; then gopackgo promote writes it.');
  const { ami: _, ...unbuilt } = wanted;
  const before = all.map((one) => ({ ...one, wanted: unbuilt }));
  expect(parameterFindings('web@1.0.0', before, () => '')).toEqual([]);
});

it('a file is a finding if recording would change it, or cannot', () => {
  const of = (would: Parameters<typeof recordFindings>[2]) =>
    recordFindings('web@1.0.0', 'ids.json', would, 'gopackgo promote web@1.0.0');
  expect(of({ added: 0, replaced: 0 })).toEqual([]);
  expect(of({ added: 1, replaced: 2 })).toMatchObject([
    { code: 'record-differs', found: '2 other, 1 missing' },
  ]);
  expect(of('ids.json: expected JSON, found text')).toMatchObject([{ code: 'record-invalid' }]);
});

describe('a comparison by tags', () => {
  const image = { name: '2404' } as ConfiguredTarget['image'];
  const configured = { name: 'us-east-1-2404', region: 'us-east-1', required: true, image };
  const of = { release: 'web@1.0.0', version: '1.0.0', image: '2404', target: 'us-east-1-2404' };
  const sharing = { public: true, accounts: [], organizations: [], snapshots: true };
  const lack = {
    code: 'ami-disabled' as const,
    of: 'ami-01',
    expected: 'state available',
    found: 'disabled',
  };
  const looked = (tags: Record<string, string>) =>
    comparedByTags('web@1.0.0', sharing, {
      target: configured,
      seen: { ...of, ami: ami({ state: 'disabled', tags }) },
      open: [],
      lack,
    });

  it('reports an AMI that somebody disabled, but not one that cleanup retired', () => {
    expect(codes(looked(published))).toEqual(['ami-disabled']);
    const retired = looked({ ...published, 'gopackgo:retired': '2026-11-01T00:00:00.000Z' });
    expect([codes(retired), retired.status, retired.why]).toEqual([
      [],
      'retired',
      'ami-01 was retired on 2026-11-01',
    ]);
  });
});
