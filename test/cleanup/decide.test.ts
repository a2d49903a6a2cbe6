import { describe, expect, it } from 'vitest';
import type { ConsideredAmi } from '../../src/cleanup/considered-ami.ts';
import {
  type CleanupRequest,
  type Decision,
  decide,
  familyOf,
  type Verdict,
} from '../../src/cleanup/decide.ts';
import type { Ami } from '../../src/model/ami.ts';
import type { Permission } from '../../src/model/permission.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const day = 86_400_000;
const nobody: Permission = { public: false, accounts: [], others: [] };
const everybody: Permission = { ...nobody, public: true };
const ago = (days: number) => (Number.isNaN(days) ? 'long ago' : new Date(now - days * day).toISOString());

let made = 0;
function considered(
  more: { ami?: Partial<Ami>; version?: string; image?: string } & Partial<Omit<ConsideredAmi, 'ami'>> = {},
) {
  const { ami, version = '1.0.0', image = 'hvm', ...rest } = more;
  const id = `ami-${String(++made).padStart(8, '0')}`;
  const one: ConsideredAmi = {
    ami: {
      id,
      name: `web ${version} ${image}`,
      region: 'us-east-1',
      owner: '123456789012',
      state: 'available',
      architecture: 'x86_64',
      virtualization: 'hvm',
      rootDevice: 'ebs',
      created: ago(400),
      public: false,
      snapshots: [`snap-${id}`],
      tags: {},
      ...ami,
    } as Ami,
    origin: { release: `web@${version}`, version, image, target: `us-east-1-${image}`, by: 'tag' },
    launchPermission: nobody,
    createVolumePermissions: [nobody],
    references: [],
    unknownReferences: [],
    ...rest,
  };
  return one;
}

const request = (more: Partial<CleanupRequest> = {}): CleanupRequest => ({
  chosen: { release: 'web@1.0.0' },
  keepLast: 0,
  adopt: false,
  includingShared: false,
  guardPeriod: 30 * day,
  maxDeletions: 50,
  maxShare: 1,
  recorded: new Set(),
  keepTag: 'gopackgo:keep',
  now,
  ...more,
});

const deleted = (decisions: Decision[]) =>
  decisions.filter(({ verdict }) => verdict === 'delete').map(({ considered: { ami } }) => ami.id);
const reasonsOf = (one: ConsideredAmi, more: Partial<CleanupRequest> = {}) =>
  decide([one], request(more))[0]?.keep.map(({ reason }) => reason);

const ours = { mayUnprotect: true };
const slow = { protection: 'enabled-with-cooldown' };

describe('reasons to keep', () => {
  const plain = considered();
  it('are none for an AMI of the named release', () => {
    expect(deleted(decide([plain], request()))).toEqual([plain.ami.id]);
  });

  it.each<[string, ConsideredAmi, Partial<CleanupRequest>]>([
    ['not ours', considered({ origin: undefined as never }), {}],
    ['not ours', { ...plain, origin: { ...plain.origin, by: 'name' } as never }, {}],
    ['not chosen', considered({ version: '1.0.1' }), {}],
    ['not chosen', plain, { targets: new Set(['us-east-1-pv']) }],
    ['not chosen', considered({ ami: { created: ago(179) } }), { chosen: { olderThan: 180 * day } }],
    ['not chosen', considered({ ami: { created: 'nonsense' } }), { chosen: { olderThan: 180 * day } }],
    ['among the newest', plain, { keepLast: 1 }],
    ['among the newest', considered({ ami: { state: 'disabled' } }), { keepLast: 1 }],
    ['recorded', plain, { recorded: new Set([plain.ami.id]) }],
    ['shared', considered({ ami: { public: true } }), {}],
    ['shared', considered({ launchPermission: everybody }), {}],
    ['shared', considered({ launchPermission: { ...nobody, accounts: ['210987654321'] } }), {}],
    ['shared', considered({ launchPermission: { ...nobody, others: ['arn:aws:organizations::1:o'] } }), {}],
    ['shared', considered({ createVolumePermissions: [nobody, everybody] }), {}],
    ['referenced', considered({ references: [{ kind: 'instance', name: 'i-1', region: 'us-east-1' }] }), {}],
    ['launched recently', considered({ ami: { lastLaunched: ago(29) } }), {}],
    ['launched recently', considered({ ami: { lastLaunched: 'nonsense' } }), {}],
    ['deregistration protection', considered({ ami: { protection: 'enabled-with-cooldown' } }), {}],
    ['deregistration protection', considered({ ami: { protection: 'enabled-without-cooldown' } }), {}],
    ['deregistration protection', considered({ ami: { protection: `disabled after ${ago(-1)}` } }), ours],
    ['deregistration protection', considered({ ami: { protection: 'disabled after a while' } }), ours],
    ['keep tag', considered({ ami: { tags: { 'gopackgo:keep': '' } } }), {}],
    ['being made', considered({ ami: { state: 'pending' } }), {}],
  ])('include "%s" (%#)', (reason, one, more) => {
    expect(reasonsOf(one, more)).toEqual([reason]);
  });

  it.each<[string, ConsideredAmi, Partial<CleanupRequest>]>([
    ['older than asked', plain, { chosen: { olderThan: 180 * day } }],
    ['adopted by name', { ...plain, origin: { ...plain.origin, by: 'name' } as never }, { adopt: true }],
    ['shared, and that was included', considered({ ami: { public: true } }), { includingShared: true }],
    ['launched long ago', considered({ ami: { lastLaunched: ago(31) } }), {}],
    ['no longer protected', considered({ ami: { protection: 'disabled' } }), {}],
    ['no longer in its cooldown', considered({ ami: { protection: `disabled after ${ago(1)}` } }), {}],
    ['protected as the config says', considered({ ami: { protection: 'enabled-without-cooldown' } }), ours],
    ['failed', considered({ ami: { state: 'failed' } }), { keepLast: 5 }],
  ])('are none for an AMI that is %s', (_, one, more) => {
    expect(reasonsOf(one, more)).toEqual([]);
  });

  const retired = (days: number, more: Partial<Ami> = {}) =>
    considered({ ami: { state: 'disabled', tags: { 'gopackgo:retired': ago(days) }, ...more } });
  const byAge = { chosen: { olderThan: 180 * day } };

  it.each<[string, ConsideredAmi, Partial<CleanupRequest>, Verdict]>([
    ['is retired first', considered(), {}, 'retire'],
    ['protected and all, since protection stays until then', considered({ ami: slow }), ours, 'retire'],
    ['stays until its time is over', retired(29), {}, 'keep'],
    ['is deleted then', retired(31), {}, 'delete'],
    ['or loses its protection then', retired(31, slow), ours, 'unprotect'],
    ['is retired anew where a killed run only tagged it', retired(31, { state: 'available' }), {}, 'retire'],
    ['is retired anew where the tag holds no moment', retired(Number.NaN), {}, 'retire'],
    ['is deleted at once where it failed', considered({ ami: { state: 'failed' } }), {}, 'delete'],
    ['is kept for every other reason', retired(31, { tags: { 'gopackgo:keep': '' } }), {}, 'keep'],
  ])('with "retireFor" an AMI %s', (_, one, more, verdict) => {
    const asked = request({ retireFor: 30 * day, ...more });
    expect(decide([one], asked).map((decision) => decision.verdict)).toEqual([verdict]);
  });

  it('without "retireFor" are none for a retired AMI', () => {
    expect(decide([retired(1)], request())).toMatchObject([{ verdict: 'delete' }]);
  });

  it('say since when an AMI is retired, and until when', () => {
    const [decision] = decide([retired(10)], request({ retireFor: 30 * day }));
    expect(decision?.keep).toEqual([
      { reason: 'retired', said: 'it was retired on 2026-11-11, and can be deleted after 2026-12-11' },
    ]);
  });

  it('do not include being among the newest for a yanked AMI, which is not counted either', () => {
    const tags = { 'gopackgo:yanked': `${ago(1)} it opens a port` };
    const yanked = considered({ version: '1.2.0', ami: { created: ago(200), state: 'disabled', tags } });
    const older = considered({ version: '1.1.0', ami: { created: ago(300) } });
    const oldest = considered({ version: '1.0.0', ami: { created: ago(400) } });
    const decisions = decide([yanked, older, oldest], request({ ...byAge, keepLast: 1 }));
    expect(deleted(decisions)).toEqual([yanked.ami.id, oldest.ami.id]);
    const one = decide([older, oldest, yanked], request({ ...byAge, keepLast: 1, maxDeletions: 1 }));
    expect(deleted(one)).toEqual([yanked.ami.id]);
  });

  it('include being promoted if AMIs are chosen by age, however old it is, except with --keep-last 0', () => {
    const at = (version: string, created: number, promoted?: number) =>
      considered({
        version,
        ami: {
          created: ago(created),
          tags:
            promoted === undefined ? {} : ({ 'gopackgo:promoted': ago(promoted) } as Record<string, string>),
        },
      });
    const all = [at('1.2.0', 200, 100), at('1.1.0', 300), at('1.0.0', 400, 50)];
    const decisions = decide(all, request({ ...byAge, keepLast: 1 }));
    expect(decisions.map(({ keep }) => keep.map(({ reason }) => reason))).toEqual([
      ['among the newest'],
      [],
      ['promoted'],
    ]);
    expect(deleted(decide(all, request(byAge)))).toHaveLength(3);
    expect(deleted(decide(all, request()))).toEqual([all[2]?.ami.id]);
  });

  it('with a cooldown of the protection the AMI is only unprotected, and it says when it can be deleted', () => {
    const one = considered({ ami: { protection: 'enabled-with-cooldown' } });
    expect(decide([one], request(ours))).toMatchObject([{ verdict: 'unprotect', keep: [] }]);
    const cooling = considered({ ami: { protection: 'disabled after 2026-11-22T09:30:00.000Z' } });
    expect(decide([cooling], request(ours))[0]?.keep.map(({ said }) => said)).toEqual([
      'its deregistration protection was turned off; it can be deleted after 2026-11-22 09:30 UTC',
    ]);
  });

  it('are all given, each with a text', () => {
    const one = considered({
      version: '1.0.1',
      ami: { public: true, lastLaunched: ago(2) },
      references: [{ kind: 'Auto Scaling group', name: 'web', region: 'us-east-1' }],
    });
    expect(decide([one], request())[0]?.keep).toEqual([
      { reason: 'not chosen', said: 'it belongs to web@1.0.1' },
      { reason: 'shared', said: 'it is public; --including-shared includes it' },
      { reason: 'referenced', said: 'in use by Auto Scaling group web' },
      { reason: 'launched recently', said: 'last launched on 2026-11-19' },
    ]);
  });
});

describe('families', () => {
  it('count candidates separately from releases, and do not count failed or disabled AMIs against the others', () => {
    const all = [
      considered({ version: '1.0.0', ami: { created: ago(500) } }),
      considered({ version: '1.1.0', ami: { created: ago(400) } }),
      considered({ version: '1.2.0-beta1', ami: { created: ago(390) } }),
      considered({ version: '1.2.0', ami: { created: ago(380), state: 'disabled' } }),
      considered({ version: '1.3.0', ami: { created: ago(370), state: 'failed' } }),
    ];
    const gone = deleted(decide(all, request({ chosen: { olderThan: 180 * day }, keepLast: 1 })));
    expect(gone).toEqual([all[0]?.ami.id, all[4]?.ami.id]);
  });
});

it.each([
  ['2.6.4-rc1', true],
  ['v2.6.4-rc1', true],
  ['v2.6.4', false],
  ['2026-11-21', false],
])('the version %s is that of a candidate: %s', (version, isOne) => {
  const one = considered({ version });
  expect(familyOf(one)).toBe(isOne ? `${one.origin?.target} candidates` : one.origin?.target);
});

/** A small random number generator with a seed (mulberry32, public domain). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe.each(Array.from({ length: 200 }, (_, seed) => seed))(
  'in a region generated from seed %i',
  (seed) => {
    const next = numbers(seed);
    const below = (most: number) => Math.floor(next() * most);
    const maybe = <T>(part: number, value: T): T | undefined => (next() < part ? value : undefined);
    const all = Array.from({ length: 1 + below(60) }, () => {
      const version = `1.${below(12)}.0${maybe(0.2, '-beta1') ?? ''}`;
      const lastLaunched = maybe(0.2, ago(below(90)));
      return considered({
        version,
        image: ['hvm', 'pv', 'arm'][below(3)] ?? 'hvm',
        ami: {
          created: ago(below(800)),
          public: next() < 0.1,
          state:
            ['available', 'available', 'available', 'disabled', 'failed', 'pending'][below(6)] ?? 'available',
          tags: next() < 0.1 ? { 'gopackgo:keep': 'yes' } : ({} as Record<string, string>),
          ...(lastLaunched === undefined ? {} : { lastLaunched }),
        },
        references: maybe(0.1, [{ kind: 'instance' as const, name: 'i-1', region: 'us-east-1' }]) ?? [],
        ...(maybe(0.1, { origin: undefined as never }) ?? {}),
      });
    });
    const asked = request({
      chosen: { olderThan: below(300) * day },
      maxDeletions: below(30),
      maxShare: next(),
      recorded: new Set(all.filter(() => next() < 0.1).map(({ ami }) => ami.id)),
    });
    const unguarded = { ...asked, maxDeletions: Number.POSITIVE_INFINITY, maxShare: 1 };

    it('decides on each AMI once, and deletes none that a reason keeps', () => {
      const decisions = decide(all, { ...asked, keepLast: 2 });
      expect(decisions.map(({ considered: { ami } }) => ami.id)).toEqual(all.map(({ ami }) => ami.id));
      const free = new Set(deleted(decide(all, { ...unguarded, keepLast: 2 })));
      expect(deleted(decisions).filter((id) => !free.has(id))).toEqual([]);
      for (const one of all) {
        const protectedByHand =
          asked.recorded.has(one.ami.id) ||
          one.ami.public ||
          one.references.length > 0 ||
          'gopackgo:keep' in one.ami.tags ||
          one.ami.state === 'pending' ||
          !one.origin;
        if (protectedByHand) expect(deleted(decisions)).not.toContain(one.ami.id);
      }
    });

    it('never exceeds a guard', () => {
      const gone = new Set(deleted(decide(all, asked)));
      expect(gone.size).toBeLessThanOrEqual(asked.maxDeletions);
      for (const [family, members] of Map.groupBy(all, (one) => familyOf(one))) {
        const share = members.filter(({ ami }) => gone.has(ami.id)).length / members.length;
        expect(share, family).toBeLessThanOrEqual(asked.maxShare);
      }
    });

    it('deletes no other AMI if more of the newest are kept', () => {
      for (const base of [asked, unguarded]) {
        let before = new Set(deleted(decide(all, base)));
        for (let keepLast = 1; keepLast <= 8; keepLast++) {
          const after = deleted(decide(all, { ...base, keepLast }));
          expect(
            after.filter((id) => !before.has(id)),
            `keep-last ${keepLast}`,
          ).toEqual([]);
          before = new Set(after);
        }
      }
    });

    it('keeps the newest of each family', () => {
      const gone = new Set(deleted(decide(all, { ...unguarded, keepLast: 3 })));
      for (const members of Map.groupBy(all, (one) => familyOf(one)).values()) {
        const newest = members
          .filter(({ ami, origin }) => origin && ami.state === 'available')
          .sort((one, other) => other.ami.created.localeCompare(one.ami.created))
          .slice(0, 3);
        for (const { ami } of newest) if (members.length > 0) expect(gone).not.toContain(ami.id);
      }
    });
  },
);
