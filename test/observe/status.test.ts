import { describe, expect, it } from 'vitest';
import type { Ami } from '../../src/model/ami.ts';
import { failedLookup, type Lookup, okLookup } from '../../src/model/lookup.ts';
import type { Permission } from '../../src/model/permission.ts';
import type { Sharing } from '../../src/model/publication.ts';
import type { Target } from '../../src/model/release-plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Builder, SeenAmi, Sighting } from '../../src/model/sighting.ts';
import type { Status } from '../../src/model/status.ts';
import { buildLimitOf } from '../../src/model/timeouts.ts';
import { statusOf } from '../../src/observe/status.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const error = {
  code: 'RequestLimitExceeded',
  message: 'slow down',
  operation: 'ec2:Any',
  region: 'us-east-1',
};

const target: Target = {
  name: 'us-east-1-2204-hvm',
  region: 'us-east-1',
  image: '2204-hvm',
  required: true,
  amiName: 'web 1.0.0 2204-hvm',
  base: { id: 'ami-0ba5e', name: 'ubuntu', owner: '099720109477', asked: '/p', via: 'ssm' },
  recipe: 'sha256:right',
  expect: { architecture: 'x86_64', virtualization: 'hvm', rootDevice: 'ebs' },
  packer: { builder: 'amazon-ebs', options: {}, provisioners: [] },
};

const tags = {
  'gopackgo:release': 'web@1.0.0',
  'gopackgo:target': target.name,
  'gopackgo:recipe': 'sha256:right',
};
const ami = (more: Partial<Ami> = {}): Ami => ({
  id: 'ami-01',
  name: target.amiName,
  region: 'us-east-1',
  owner: '123456789012',
  state: 'available',
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDevice: 'ebs',
  created: '2026-11-21T11:00:00Z',
  public: false,
  snapshots: ['snap-01'],
  tags,
  ...more,
});
const nobody: Permission = { public: false, accounts: [], others: [] };
const details = (
  more: { state?: string; launch?: Permission; volume?: Permission } = {},
): SeenAmi['details'] =>
  okLookup({
    snapshots: [
      {
        id: 'snap-01',
        state: more.state ?? 'completed',
        encrypted: false,
        description: 'Created by CreateImage(i-01) for ami-01',
        tags: {},
      },
    ],
    launchPermission: more.launch ?? nobody,
    createVolumePermission: { 'snap-01': more.volume ?? nobody },
  });
const friend: Permission = { public: false, accounts: ['210987654321'], others: [] };

const builder = (is: Builder['is'], launched = '2026-11-21T11:30:00Z'): Builder => ({
  instance: { id: 'i-01', region: 'us-east-1', state: 'running', launched, securityGroups: [], tags: {} },
  is,
  host: 'other',
});
const leftover: Resource = { kind: 'key pair', id: 'k', region: 'us-east-1', target: target.name };

function lookup(parts: Partial<Omit<Sighting, 'target'>>): Sighting {
  return {
    target,
    asked: 0,
    images: okLookup([]),
    builders: okLookup([]),
    leftovers: okLookup([]),
    ...parts,
  };
}
const is = (sighting: Sighting, accounts: string[] = []): Status =>
  statusOf(target, sighting, { public: false, accounts, organizations: [], snapshots: true }, now);

describe('status, for every possible sighting', () => {
  const images: Record<string, Lookup<SeenAmi[]>> = {
    unknown: failedLookup(error),
    none: okLookup([]),
    pending: okLookup([{ ami: ami({ state: 'pending' }) }]),
    'not looked at': okLookup([{ ami: ami() }]),
    'details unknown': okLookup([{ ami: ami(), details: failedLookup(error) }]),
    'snapshot pending': okLookup([
      { ami: ami(), details: details({ state: 'pending' }) ?? failedLookup(error) },
    ]),
    good: okLookup([{ ami: ami(), details: details() ?? failedLookup(error) }]),
    shared: okLookup([
      { ami: ami(), details: details({ launch: friend, volume: friend }) ?? failedLookup(error) },
    ]),
    'untagged, ours': okLookup([{ ami: ami({ tags: {} }), adopt: tags }]),
    'untagged, whose?': okLookup([{ ami: ami({ tags: {} }) }]),
    'other recipe': okLookup([{ ami: ami({ tags: { ...tags, 'gopackgo:recipe': 'sha256:other' } }) }]),
    wrong: okLookup([{ ami: ami({ architecture: 'arm64' }) }]),
    disabled: okLookup([{ ami: ami({ state: 'disabled' }) }]),
    failed: okLookup([{ ami: ami({ state: 'failed' }) }]),
    deregistered: okLookup([{ ami: ami({ state: 'deregistered' }) }]),
    two: okLookup([{ ami: ami() }, { ami: ami({ id: 'ami-02' }) }]),
  };
  const builders: Record<string, Lookup<Builder[]>> = {
    unknown: failedLookup(error),
    none: okLookup([]),
    working: okLookup([builder('working')]),
    elsewhere: okLookup([builder('elsewhere')]),
    'elsewhere, too long': okLookup([builder('elsewhere', new Date(now - buildLimitOf() - 1).toISOString())]),
    dead: okLookup([builder('dead')]),
  };
  const leftovers: Record<string, Lookup<Resource[]>> = {
    unknown: failedLookup(error),
    none: okLookup([]),
    some: okLookup([leftover]),
  };
  /** The status because of an AMI if nobody is building; '' if it does not matter and the rest decides. */
  const ofAmi: Record<string, Status['is'] | ''> = {
    none: '',
    pending: 'pending',
    'not looked at': 'built',
    'details unknown': 'unknown',
    'snapshot pending': 'built',
    good: 'verified',
    shared: 'shared',
    'untagged, ours': 'built',
    'untagged, whose?': 'conflict',
    'other recipe': 'conflict',
    wrong: 'wrong',
    disabled: 'wrong',
    failed: '',
    deregistered: '',
    two: 'conflict',
  };

  const rows = Object.keys(images).flatMap((image) =>
    Object.keys(builders).flatMap((who) =>
      Object.keys(leftovers).flatMap((left) =>
        [undefined, 'working' as const, 'dead' as const].map((attempt) => ({ image, who, left, attempt })),
      ),
    ),
  );

  it.each(rows)(
    'AMI $image, builder $who, leftovers $left, attempt $attempt',
    ({ image, who, left, attempt }) => {
      const sighting = lookup({
        images: images[image] ?? failedLookup(error),
        builders: builders[who] ?? failedLookup(error),
        leftovers: leftovers[left] ?? failedLookup(error),
        ...(attempt ? { attempt: { id: 'a', log: 'log', is: attempt } } : {}),
      });
      const expected = (): Status['is'] => {
        if (image === 'unknown' || who === 'unknown') return 'unknown';
        if (who === 'working' || attempt === 'working' || who === 'elsewhere') return 'building';
        const byAmi = ofAmi[image];
        if (byAmi) return byAmi;
        if (who === 'elsewhere, too long') return 'conflict';
        if (left === 'unknown') return 'unknown';
        return left === 'some' ? 'failed' : 'absent';
      };
      expect(is(sighting, ['210987654321']).is).toBe(expected());
    },
  );
});

describe('status', () => {
  it('is never shared if the config shares with nobody, and stale permissions are not "verified and done"', () => {
    const sighting = lookup({
      images: okLookup([{ ami: ami(), details: details({ launch: friend }) ?? failedLookup(error) }]),
    });
    expect(is(sighting, []).is).toBe('verified');
  });

  it.each([
    ['the AMI only', { launch: friend }],
    ['its snapshot only', { volume: friend }],
    [
      'somebody else too',
      { launch: { ...friend, accounts: ['000000000001', '210987654321'] }, volume: friend },
    ],
    ['everybody', { launch: { ...friend, public: true }, volume: friend }],
  ])('is not shared with %s', (_, permissions) => {
    const sighting = lookup({
      images: okLookup([{ ami: ami(), details: details(permissions) ?? failedLookup(error) }]),
    });
    expect(is(sighting, ['210987654321']).is).toBe('verified');
  });

  it.each([
    ['yanked', { 'gopackgo:yanked': '2026-11-20T00:00:00Z a hole' }, 'yanked on 2026-11-20: a hole'],
    ['retired', { 'gopackgo:retired': '2026-11-20T00:00:00Z' }, 'was retired by cleanup on 2026-11-20'],
    ['retired', { 'gopackgo:retired': 'by hand' }, 'was retired by cleanup'],
  ])('says that a disabled AMI was %s (%#)', (by, more, says) => {
    const disabled = ami({ state: 'disabled', tags: { ...tags, ...more } });
    expect(is(lookup({ images: okLookup([{ ami: disabled }]) }))).toMatchObject({
      is: 'conflict',
      by,
      why: expect.stringContaining(says),
    });
  });

  it('names each difference, with what was expected and found', () => {
    const wrong = ami({ architecture: 'arm64', virtualization: 'paravirtual' });
    expect(is(lookup({ images: okLookup([{ ami: wrong }]) }))).toMatchObject({
      is: 'wrong',
      differences: [
        { what: 'architecture', expected: 'x86_64', found: 'arm64' },
        { what: 'virtualization type', expected: 'hvm', found: 'paravirtual' },
      ],
    });
  });

  it.each(['error', 'recoverable'])('is wrong with a snapshot in state %s', (state) => {
    expect(
      is(lookup({ images: okLookup([{ ami: ami(), details: details({ state }) ?? failedLookup(error) }]) })),
    ).toMatchObject({
      is: 'wrong',
      differences: [{ what: 'snapshot snap-01', found: state }],
    });
  });

  it('is only built if a snapshot of a new AMI is missing: EC2 may show it later', () => {
    const young = ami({ created: '2026-11-21T11:58:30Z', snapshots: ['snap-01', 'snap-02'] });
    const seenAmi = { ami: young, details: details() ?? failedLookup(error) };
    expect(is(lookup({ images: okLookup([seenAmi]) }))).toMatchObject({ is: 'built', ami: young });
  });

  it('is wrong if a snapshot of the mapping is missing', () => {
    const seenAmi = {
      ami: ami({ snapshots: ['snap-01', 'snap-02'] }),
      details: details() ?? failedLookup(error),
    };
    expect(is(lookup({ images: okLookup([seenAmi]) }))).toMatchObject({
      is: 'wrong',
      differences: [{ what: 'snapshot snap-02', expected: 'completed', found: 'missing' }],
    });
  });
});

describe('a public AMI', () => {
  const everybody: Permission = { public: true, accounts: [], others: [] };
  const wanted: Sharing = { public: true, accounts: [], organizations: [], snapshots: true };
  const seenAs = (
    one: Partial<Ami>,
    permissions: { launch?: Permission; volume?: Permission },
    sharing = wanted,
  ) =>
    statusOf(
      target,
      lookup({ images: okLookup([{ ami: ami(one), details: details(permissions) ?? failedLookup(error) }]) }),
      sharing,
      now,
    ).is;

  it('is shared once the list, DescribeImages and its snapshots all say so', () => {
    expect(seenAs({ public: true }, { launch: everybody, volume: everybody })).toBe('shared');
    expect(seenAs({ public: false }, { launch: everybody, volume: everybody })).toBe('verified');
    expect(seenAs({ public: true }, { launch: nobody, volume: everybody })).toBe('verified');
    expect(seenAs({ public: true }, { launch: everybody, volume: nobody })).toBe('verified');
  });

  it('has private snapshots only if the config says so', () => {
    const alone = { ...wanted, snapshots: false };
    expect(seenAs({ public: true }, { launch: everybody, volume: nobody }, alone)).toBe('shared');
    expect(seenAs({ public: true }, { launch: everybody, volume: everybody }, alone)).toBe('verified');
  });
});

describe('a copied target', () => {
  const copied: Target = { ...target, copy: { from: 'eu-west-1-2204-hvm', region: 'eu-west-1' } };
  const source = ami({
    id: 'ami-0a',
    region: 'eu-west-1',
    startup: { ImdsSupport: 'v2.0', BootMode: 'uefi' },
  });
  const own = { copyOf: 'ami-0a', startup: source.startup ?? {} };
  const seenAs = (
    one: Partial<Ami>,
    from: Sighting['source'] = okLookup(source),
    of: Partial<Target> = {},
  ): Status => {
    const images = okLookup([{ ami: ami({ ...own, ...one }), details: details() ?? failedLookup(error) }]);
    const sharing: Sharing = { public: false, accounts: [], organizations: [], snapshots: true };
    return statusOf(
      { ...copied, ...of },
      { ...lookup({ images }), ...(from ? { source: from } : {}) },
      sharing,
      now,
    );
  };
  const gone = okLookup(undefined);
  const deprecated = '2027-11-21T12:00:00.000Z';

  it.each([
    ['a copy of its source', seenAs({}), 'verified'],
    ['a pending one', seenAs({ state: 'pending' }), 'pending'],
    ['a copy of another AMI', seenAs({ copyOf: 'ami-0b' }), 'conflict'],
    ['a copy of another AMI that is pending', seenAs({ copyOf: 'ami-0b', state: 'pending' }), 'conflict'],
    ['a copy of an AMI that is gone', seenAs({}, gone), 'conflict'],
    ['no copy', seenAs({ copyOf: '' }), 'conflict'],
    [
      'a copy of another AMI, with any recipe accepted',
      seenAs({ copyOf: 'ami-0b' }, okLookup(source), { acceptsAnyRecipe: true }),
      'verified',
    ],
    ['a copy, and the lookup of the source failed', seenAs({}, failedLookup(error)), 'unknown'],
    [
      'that failed lookup, with any recipe accepted',
      seenAs({}, failedLookup(error), { acceptsAnyRecipe: true }),
      'unknown',
    ],
    ['a copy that starts in another way', seenAs({ startup: { ImdsSupport: 'v2.0' } }), 'wrong'],
    ['one without the date of its source', seenAs({}, okLookup({ ...source, deprecated })), 'built'],
    ['one with it', seenAs({ deprecated }, okLookup({ ...source, deprecated })), 'verified'],
    [
      'a public one, to which EC2 gave another',
      seenAs({ deprecated: '2028-01-01T00:00:00.000Z', public: true }, okLookup({ ...source, deprecated })),
      'verified',
    ],
  ] as const)('%s', (_, { is: found }, expected) => expect(found).toBe(expected));

  it('names the differences', () => {
    expect(seenAs({ copyOf: 'ami-0b' })).toMatchObject({
      by: 'another source',
      why: 'ami-01 is a copy of ami-0b, and the AMI of eu-west-1-2204-hvm is ami-0a',
    });
    expect(seenAs({}, gone)).toMatchObject({
      why: 'ami-01 is a copy of ami-0a, and eu-west-1-2204-hvm no longer has an AMI',
    });
    expect(seenAs({ startup: { ImdsSupport: 'v2.0' } })).toMatchObject({
      differences: [{ what: 'BootMode', expected: 'uefi, as ami-0a has it', found: 'none' }],
    });
    expect(seenAs({}, okLookup({ ...source, deprecated }))).toMatchObject({ deprecateAt: deprecated });
  });

  it('needs no source if there is no AMI', () => {
    const sharing: Sharing = { public: false, accounts: [], organizations: [], snapshots: true };
    expect(statusOf(copied, { ...lookup({}), source: failedLookup(error) }, sharing, now)).toEqual({
      is: 'absent',
    });
  });
});
