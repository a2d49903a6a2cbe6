import { describe, expect, it } from 'vitest';
import type { BaseImageFacts } from '../../src/aws/base-image-facts.ts';
import type { InstanceTypeFacts } from '../../src/aws/instance-types.ts';
import type { SecurityGroupRule } from '../../src/aws/networks.ts';
import { judgeAmiNames } from '../../src/checks/ami-name-taken.ts';
import { judgeDeprecation } from '../../src/checks/base-image-deprecated.ts';
import { judgeBaseEncryption } from '../../src/checks/base-image-encrypted.ts';
import { judgeWatermarks } from '../../src/checks/base-image-watermark.ts';
import { judgeClock } from '../../src/checks/clock-skew.ts';
import { judgeCredentialsEnd } from '../../src/checks/credentials-end.ts';
import { judgeInstanceProfile } from '../../src/checks/instance-profile.ts';
import { judgeInstanceTypes } from '../../src/checks/instance-type.ts';
import { judgeNetwork } from '../../src/checks/network.ts';
import { networkAsked } from '../../src/checks/network-asked.ts';
import type { NetworkSeen } from '../../src/checks/network-seen.ts';
import { judgePermissions } from '../../src/checks/permissions.ts';
import { judgeShareEntities } from '../../src/checks/share-entities-quota.ts';
import { judgeVcpuQuotas } from '../../src/checks/vcpu-quota.ts';
import type { Ami } from '../../src/model/ami.ts';
import { failedLookup, okLookup } from '../../src/model/lookup.ts';
import type { Json, Sharing } from '../../src/model/publication.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { baseFacts } from '../support/base-facts.ts';
import { target as aTarget } from '../support/embedded.ts';

const region = 'us-east-1';
const account = '123456789012';
const placeOf = (_: Target, option: readonly (string | number)[]) => `web.json: ${option.join('.')}`;
const denied = failedLookup({ code: 'UnauthorizedOperation', message: 'no', operation: 'ec2:Some', region });
const target = (options: Record<string, Json> = {}, name = aTarget.name): Target => ({
  ...aTarget,
  name,
  packer: { ...aTarget.packer, options: { instance_type: 'm5.large', ...options } },
});
const privately: Sharing = { public: false, accounts: [], organizations: [], snapshots: true };
const publicly: Sharing = { ...privately, public: true };
const base = (more: Partial<BaseImageFacts> = {}): BaseImageFacts => ({
  ...baseFacts,
  id: aTarget.base.id,
  name: 'base',
  owner: account,
  ...more,
});
const bases = (more: Partial<BaseImageFacts> = {}) => okLookup(new Map([[aTarget.base.id, base(more)]]));
const type = (more: Partial<InstanceTypeFacts> = {}): InstanceTypeFacts => ({
  name: 'm5.large',
  architectures: ['x86_64'],
  virtualizations: ['hvm'],
  rootDevices: ['ebs'],
  bootModes: ['legacy-bios', 'uefi'],
  ena: 'required',
  vcpus: 2,
  ...more,
});

describe('an instance type', () => {
  const judged = (
    its: Partial<InstanceTypeFacts>,
    image: Partial<BaseImageFacts> = {},
    { options = {}, zones }: { options?: Record<string, Json>; zones?: string[] } = {},
  ) =>
    judgeInstanceTypes(
      { region, toBuild: [target(options)] },
      {
        offered: okLookup(new Map([['m5.large', ['us-east-1a', 'us-east-1b']]])),
        facts: okLookup(new Map([['m5.large', type(its)]])),
        bases: bases(image),
        zones: new Map([[aTarget.name, zones]]),
      },
      placeOf,
    );

  it.each<[string, ReturnType<typeof judged>, string, RegExp]>([
    ['that fits', judged({}), 'ok', /^$/],
    ['in its own zone', judged({}, {}, { zones: ['us-east-1b', 'us-east-1f'] }), 'ok', /^$/],
    ['in another zone', judged({}, {}, { zones: ['us-east-1f'] }), 'refused', /offered in us-east-1a/],
    [
      'not offered',
      judged({}, {}, { options: { instance_type: 'm5.huge' } }),
      'refused',
      /which it does not/,
    ],
    ['of another architecture', judged({ architectures: ['arm64'] }), 'refused', /of arm64/],
    ['of another virtualization', judged({ virtualizations: ['paravirtual'] }), 'refused', /paravirtual/],
    ['without EBS', judged({ rootDevices: ['instance-store'] }), 'refused', /instance-store/],
    ['that needs ENA', judged({}, { ena: false }), 'refused', /requires ENA/],
    ['that knows ENA', judged({ ena: 'supported' }, { ena: false }), 'ok', /^$/],
    ['without UEFI', judged({ bootModes: ['legacy-bios'] }, { bootMode: 'uefi' }), 'refused', /legacy-bios/],
    [
      'where UEFI is preferred',
      judged({ bootModes: ['legacy-bios'] }, { bootMode: 'uefi-preferred' }),
      'ok',
      /^$/,
    ],
    ['not among the image’s', judged({}, { supportedTypes: ['c5.*', 'm6*'] }), 'refused', /m5\.large/],
    ['among the image’s', judged({}, { supportedTypes: ['m5.*'] }), 'ok', /^$/],
    ['ruled out by the image', judged({}, { unsupportedTypes: ['m5.*'] }), 'refused', /m5\.large/],
    [
      'one of several on the Spot market',
      judged({}, {}, { options: { spot_instance_types: ['m5.huge', 'm5.large'] } }),
      'warning',
      /m5\.huge/,
    ],
  ])('%s', (_, findings, is, found) => {
    expect(findings.map((finding) => finding.is)).toEqual([is]);
    expect(findings.map((finding) => ('found' in finding ? finding.found : '')).join()).toMatch(found);
  });

  it('is unknown if the lookup failed, with one finding for all targets', () => {
    const two = [target({ instance_type: 'x' }, 'a'), target({ instance_type: 'x' }, 'b')];
    const answers = { offered: okLookup(new Map()), facts: denied, bases: bases(), zones: new Map() };
    expect(judgeInstanceTypes({ region, toBuild: two }, answers, placeOf)).toMatchObject([
      { is: 'refused', targets: ['a', 'b'], place: 'web.json: instance_type' },
      { is: 'unknown', failedCall: { operation: 'ec2:Some' } },
    ]);
  });
});

describe('the quota of vCPUs', () => {
  const judged = (limit: number, used: number, atOnce = 4) =>
    judgeVcpuQuotas(
      { region, atOnce, toBuild: ['a', 'b', 'c', 'd', 'e'].map((name) => target({}, name)) },
      {
        facts: okLookup(new Map([['m5.large', type()]])),
        running: okLookup([
          { id: 'i-1', type: 't3.large', vcpus: used, spot: false },
          { id: 'i-2', type: 't3.large', vcpus: 999, spot: true },
          { id: 'i-3', type: 'g5.xlarge', vcpus: 999, spot: false },
        ]),
        limits: new Map([['L-1216C47A', okLookup(limit)]]),
      },
      placeOf,
    );

  it('has room for as many builds as run at once, for fewer, or for none', () => {
    expect(judged(32, 24)).toMatchObject([{ is: 'ok' }]);
    expect(judged(32, 27)).toMatchObject([{ is: 'warning', buildsAtOnce: 2 }]);
    expect(judged(32, 31)).toMatchObject([{ is: 'refused', code: 'vcpu-quota' }]);
    expect(judged(32, 27, 2)).toMatchObject([{ is: 'ok' }]);
  });

  it.each([
    [32, 27, '2 builds run at a time there, as with --parallel-per-region 2. For more: aws'],
    [32, 29, 'One build runs at a time there, as with --parallel-per-region 1. For more: aws'],
    [
      32,
      31,
      'Wait until other instances have ended, and add --parallel-per-region 1 if only one fits then; use an instance type with at most 1 vCPUs; or aws',
    ],
    [
      32,
      32,
      'Wait until other instances have ended, and add --parallel-per-region 1 if only one fits then; or aws',
    ],
    [
      1,
      0,
      'Use an instance type with at most 1 vCPUs: fewer builds at once (--parallel-per-region) do not help; or aws',
    ],
    [0, 0, 'Use an instance type of another family: this quota allows none; or aws'],
  ])('of %i, of which %i are in use, says what to do', (limit, used, todo) => {
    expect(judged(limit, used)).toMatchObject([{ todo: expect.stringContaining(todo) }]);
  });

  it('names the numbers and the command that requests more', () => {
    expect(judged(32, 27)[0]).toMatchObject({
      found: expect.stringMatching(/^27 of 32 vCPUs in use .*m5\.large needs 2$/),
      command: expect.stringMatching(/L-1216C47A --region us-east-1 --desired-value 35$/),
    });
  });
});

describe('an AMI name', () => {
  const ami = (more: Partial<Ami>): Ami => ({
    id: 'ami-1',
    name: aTarget.amiName,
    region,
    owner: '210987654321',
    state: 'available',
    architecture: 'x86_64',
    virtualization: 'hvm',
    rootDevice: 'ebs',
    created: '2026-01-02T03:04:05.000Z',
    public: true,
    snapshots: [],
    tags: {},
    ...more,
  });
  const judged = (more: Partial<Ami>, plugin: string | undefined = '0.0.0', toRemove: string[] = []) =>
    judgeAmiNames(
      { region, account, toBuild: [target()], toRemove: new Set(toRemove) },
      okLookup([ami(more)]),
      { plugin, now: Date.parse('2026-11-30T12:00:00Z') },
      placeOf,
    );

  it.each<[string, ReturnType<typeof judged>, string]>([
    ['of another account', judged({}), 'refused'],
    ['of another account, with a plugin that checks only own AMIs', judged({}, '1.2.5'), 'ok'],
    ['of another account, with an older plugin', judged({}, '1.2.4'), 'refused'],
    ['of another account, deprecated', judged({ deprecated: '2026-11-01T00:00:00.000Z' }), 'ok'],
    ['of another account, to be deprecated', judged({ deprecated: '2027-11-01T00:00:00.000Z' }), 'refused'],
    ['of this account, which is a conflict of the target', judged({ owner: account }), 'ok'],
    ['of this account, failed', judged({ owner: account, state: 'failed' }, '1.8.2'), 'refused'],
    [
      'of this account, failed and removed first',
      judged({ owner: account, state: 'failed' }, '1.8.2', ['ami-1']),
      'ok',
    ],
    ['another', judged({ name: 'other' }), 'ok'],
  ])('%s', (_, findings, is) => {
    expect(findings.map((finding) => finding.is)).toEqual([is]);
  });

  it('taken by others is a warning if no Packer shows how it checks', () => {
    const lookup = okLookup([ami({})]);
    const now = Date.now();
    const work = { region, account, toBuild: [target()], toRemove: new Set<string>() };
    expect(judgeAmiNames(work, lookup, { plugin: undefined, now }, placeOf)).toMatchObject([
      { is: 'warning' },
    ]);
  });
});

describe('a base image', () => {
  const encrypted = { encrypted: [{ device: '/dev/sda1', snapshot: 'snap-1' }] };
  const toBuild = [target()];
  it('that is encrypted cannot become public, and needs a key that others may use', () => {
    const judged = (sharing: Sharing, more = {}) =>
      judgeBaseEncryption({ region, sharing, toBuild }, bases(more), placeOf).map(({ is }) => is);
    expect(judged(publicly)).toEqual(['ok']);
    expect(judged(publicly, encrypted)).toEqual(['refused']);
    expect(judged({ ...privately, accounts: [account] }, encrypted)).toEqual(['warning']);
    const anew = toBuild.map((one) => ({ ...one, encryption: { kmsKey: 'alias/images' } }));
    const shared = { ...privately, accounts: [account] };
    expect(
      judgeBaseEncryption({ region, sharing: shared, toBuild: anew }, bases(encrypted), placeOf),
    ).toMatchObject([{ is: 'ok' }]);
    expect(judgeBaseEncryption({ region, sharing: publicly, toBuild }, denied, placeOf)).toMatchObject([
      { is: 'unknown' },
    ]);
  });

  it('with a watermark cannot become public', () => {
    const judged = (watermarks: string[]) =>
      judgeWatermarks({ region, toBuild }, bases({ watermarks }), placeOf);
    expect(judged([])).toMatchObject([{ is: 'ok' }]);
    expect(judged(['123456789012:approved'])).toMatchObject([
      {
        is: 'refused',
        found: expect.stringContaining('123456789012:approved'),
        place: 'web.json: source_ami',
      },
    ]);
  });

  it('that is deprecated is a warning if the config could name another', () => {
    const judged = (via: Target['base']['via'], deprecated?: true) => {
      const [one] = toBuild;
      const own = {
        ...(one as Target),
        base: { ...aTarget.base, via, ...(deprecated ? { deprecated } : {}) },
      };
      return judgeDeprecation({ region, toBuild: [own] }, placeOf).map(({ is }) => is);
    };
    expect(judged('fixed')).toEqual(['ok']);
    expect(judged('fixed', true)).toEqual(['warning']);
    expect(judged('images', true)).toEqual(['ok']);
  });
});

describe('a network', () => {
  const vpc = (id: string, isDefault = false) => ({ id, isDefault });
  const subnet = (id: string, of: string, more = {}) => ({
    id,
    vpc: of,
    zone: 'us-east-1a',
    state: 'available',
    freeAddresses: 9,
    givesPublicAddress: true,
    ...more,
  });
  const route = (of: string, toInternet: boolean) => ({ vpc: of, isMain: true, subnets: [], toInternet });
  const from = (...cidrs: string[]): SecurityGroupRule => ({
    ...{ protocol: 'tcp', from: 22, to: 22, cidrs, hasOthers: false },
  });
  const group = (its: string, ...ingress: SecurityGroupRule[]) => ({ id: 'sg-1', vpc: its, ingress });
  const judged = (options: Record<string, Json>, seen: NetworkSeen) => {
    const one = target(options);
    return judgeNetwork(region, { asked: networkAsked(one), targets: [one], seen }, placeOf);
  };
  const subnets = okLookup([subnet('subnet-1', 'vpc-1')]);
  const named = { subnet_id: 'subnet-1' };

  it.each<[string, ReturnType<typeof judged>, string]>([
    ['default', judged({}, { subnets }), 'ok'],
    ['default one missing', judged({}, { subnets: okLookup([]), vpcs: okLookup([]) }), 'refused'],
    [
      'default one without subnets',
      judged({}, { subnets: okLookup([]), vpcs: okLookup([vpc('v', true)]) }),
      'refused',
    ],
    ['not answered', judged({}, { subnets: denied }), 'unknown'],
    [
      "reached through Packer's own group",
      judged({ temporary_security_group_source_cidrs: ['203.0.113.7/32'] }, { subnets }),
      'ok',
    ],
    ['with a route', judged(named, { subnets, routes: okLookup([route('vpc-1', true)]) }), 'ok'],
    ['without a route', judged(named, { subnets, routes: okLookup([route('vpc-1', false)]) }), 'refused'],
    [
      'without a route and without a public address',
      judged({ ...named, associate_public_ip_address: 'false' }, { subnets, routes: okLookup([]) }),
      'ok',
    ],
    ['reached privately', judged({ ...named, ssh_interface: 'private_ip' }, { subnets }), 'ok'],
    ['full', judged(named, { subnets: okLookup([subnet('s', 'v', { freeAddresses: 0 })]) }), 'refused'],
    [
      'any of several',
      judged(
        { subnet_filter: [{ filters: { a: 'b' }, random: true }] },
        { subnets: okLookup([subnet('s', 'v'), subnet('t', 'v')]) },
      ),
      'ok',
    ],
    [
      'groups of it',
      judged(
        { security_group_id: 'sg-1' },
        { subnets, groups: okLookup([group('vpc-1', from('0.0.0.0/0'))]) },
      ),
      'ok',
    ],
    [
      'groups of another',
      judged(
        { security_group_id: 'sg-1' },
        { subnets, groups: okLookup([group('vpc-2', from('0.0.0.0/0'))]) },
      ),
      'refused',
    ],
    [
      'several by a filter of VPCs',
      judged({ vpc_filter: { filters: { a: 'b' } } }, { subnets, vpcs: okLookup([vpc('v'), vpc('w')]) }),
      'refused',
    ],
  ])('%s', (_, finding, is) => {
    expect(finding.is).toBe(is);
  });

  const closed = from();
  const members = { ...from(), hasOthers: true };
  const privately = from('10.0.0.0/8', '192.168.7.1/32');
  it.each<[string, Record<string, Json>, SecurityGroupRule[], string]>([
    ['no rule', {}, [], 'refused'],
    ['rules of other ports', {}, [{ ...from('0.0.0.0/0'), from: 443, to: 443 }], 'refused'],
    ['a rule of UDP', {}, [{ ...from('0.0.0.0/0'), protocol: 'udp' }], 'refused'],
    ['a rule for nobody', {}, [closed], 'refused'],
    [
      'all protocols for an office',
      {},
      [{ protocol: '-1', cidrs: ['203.0.113.0/24'], hasOthers: false }],
      'ok',
    ],
    ['a range of ports', {}, [{ ...from('198.51.100.7/32'), from: 0, to: 1024 }], 'ok'],
    ['IPv6', {}, [from('2001:db8::/32')], 'ok'],
    ['members of a group or a prefix list', {}, [members], 'not-checked'],
    ['members, or private addresses', {}, [members, privately], 'not-checked'],
    ['private addresses alone', {}, [privately], 'refused'],
    ['private addresses, which are asked', { ssh_interface: 'private_ip' }, [privately], 'ok'],
    [
      'private addresses, of a builder that has no other',
      { associate_public_ip_address: false },
      [privately],
      'ok',
    ],
    ['private addresses, by a name', { ssh_interface: 'public_dns' }, [privately], 'ok'],
    ['private addresses, by a bastion', { ssh_bastion_host: 'bastion' }, [privately], 'ok'],
    ['a block that is private in part', {}, [from('10.0.0.0/7')], 'ok'],
    ['nobody, by a bastion', { ssh_bastion_host: 'bastion' }, [closed], 'refused'],
    ['nobody, and Session Manager', { ssh_interface: 'session_manager' }, [closed], 'ok'],
    ['nobody, and no communicator', { communicator: 'none' }, [closed], 'ok'],
    ['another port of SSH', { ssh_port: 2222 }, [from('0.0.0.0/0')], 'refused'],
    ['that port', { ssh_port: '2222' }, [{ ...from('0.0.0.0/0'), from: 2222, to: 2222 }], 'ok'],
    ['SSH for WinRM', { communicator: 'winrm' }, [from('0.0.0.0/0')], 'refused'],
    ['WinRM', { communicator: 'winrm' }, [{ ...from('0.0.0.0/0'), from: 5985, to: 5985 }], 'ok'],
  ])('lets Packer log in through groups with %s', (_, options, ingress, is) => {
    const seen = { subnets: okLookup([subnet('subnet-1', 'vpc-1', { givesPublicAddress: true })]) };
    const groups = okLookup([group('vpc-1', ...ingress)]);
    const finding = judged({ security_group_ids: ['sg-1'], ...options }, { ...seen, groups });
    expect(finding.is).toBe(is);
    if (finding.is === 'refused') {
      expect(finding).toMatchObject({ code: 'network-unusable', place: 'web.json: security_group_ids' });
      expect(finding.command).toContain(
        'authorize-security-group-ingress --region us-east-1 --group-id sg-1',
      );
    }
  });

  it('is looked up as Packer interprets its options', () => {
    const options = {
      subnet_filter: { filters: { 'tag:Class': 'build' }, filter: [{ name: 'cidr', value: '10.0.0.0/8' }] },
      security_group_ids: ['sg-1', 'sg-2'],
      associate_public_ip_address: 'true',
    };
    expect(networkAsked(target(options))).toEqual({
      subnetFilter: { 'tag:Class': ['build'], cidr: ['10.0.0.0/8'] },
      anySubnet: false,
      groups: ['sg-1', 'sg-2'],
      publicAddress: true,
      privately: false,
      login: { port: 22, directly: true },
    });
  });
});

describe('permissions', () => {
  const all = { check: 'permissions to build', region, stops: 'building' } as const;
  const failed = (operation: string, code: string, message = '') =>
    failedLookup({ operation, code, message, region });

  it('that are missing are named, although their names differ from the call', () => {
    const asked = [
      okLookup(undefined),
      failed(
        'ec2:RunInstances',
        'UnauthorizedOperation',
        'User: a is not authorized to perform: iam:PassRole on resource: b',
      ),
      failed('ec2:CreateKeyPair', 'UnauthorizedOperation', 'no'),
    ];
    expect(judgePermissions(all, asked)).toMatchObject([
      {
        is: 'refused',
        code: 'permission-missing',
        expected: expect.stringContaining('iam:PassRole, ec2:CreateKeyPair'),
      },
    ]);
  });

  it.each([
    ['ec2:RunInstances', 'InvalidParameterCombination', 'refused'],
    ['ec2:CreateSecurityGroup', 'VPCIdNotSpecified', 'warning'],
    ['ec2:RunInstances', 'TimeoutError', 'unknown'],
    ['ec2:RunInstances', 'NotImplementedBySandbox', 'not-checked'],
  ])('%s with %s: %s', (operation, code, is) => {
    expect(judgePermissions(all, [failed(operation, code)])).toMatchObject([{ is }]);
  });

  it('a launch that the vCPU quota prevents is no mistake in the config', () => {
    const [finding] = judgePermissions(all, [failed('ec2:RunInstances', 'VcpuLimitExceeded')]);
    expect(finding).toMatchObject({ is: 'refused', todo: expect.stringContaining('vCPU quota') });
  });
});

it('an instance profile must exist and have a role', () => {
  const judged = (lookup: Parameters<typeof judgeInstanceProfile>[2]) =>
    judgeInstanceProfile('p', [target()], lookup, placeOf).is;
  expect(judged(okLookup({ name: 'p', roles: ['r'] }))).toBe('ok');
  expect(judged(okLookup({ name: 'p', roles: [] }))).toBe('warning');
  expect(judged(okLookup(undefined))).toBe('refused');
  expect(judged(denied)).toBe('unknown');
});

it('an AMI can be shared with a thousand accounts by default', () => {
  const accounts = (count: number) =>
    judgeShareEntities({ ...privately, accounts: Array.from({ length: count }, String) }).map(({ is }) => is);
  expect([accounts(0), accounts(1000), accounts(1001)]).toEqual([[], ['ok'], ['warning']]);
});

it.each([
  [0, 'ok'],
  [59_000, 'ok'],
  [-61_000, 'warning'],
  [299_000, 'warning'],
  [-301_000, 'refused'],
])('a clock %d ms behind AWS’s: %s', (offset, is) => {
  expect(judgeClock(okLookup(offset)).is).toBe(is);
  expect(judgeClock(okLookup(undefined)).is).toBe('not-checked');
});

it('credentials must last as long as the builds', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  const judged = (minutes: number) =>
    judgeCredentialsEnd(new Date(now + minutes * 60_000), { seconds: [600, 600, 1200], atOnce: 2, now });
  expect(judged(21)).toMatchObject([{ is: 'ok' }]);
  expect(judged(19)).toMatchObject([
    { is: 'warning', found: expect.stringContaining('12:19 UTC, in 19 min') },
  ]);
  expect(judgeCredentialsEnd(undefined, { seconds: [600], atOnce: 1, now })).toEqual([]);
});
