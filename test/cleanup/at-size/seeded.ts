import {
  derivedId,
  type SeededBucket,
  type SeededImage,
  type SeededVolume,
  type SeededWorld,
} from '../../../sandbox/testing/without-vitest.ts';
import { adoptedFrom, anotherIn, type Described, oldBucket, ownBucket, versionOf } from './described.ts';
import { regions } from './publication.ts';
import { type About, type Trait, traits } from './traits.ts';

const day = 86_400_000;

/** The described world at a given time. */
export function seededWorld(amis: readonly Described[], now: number): SeededWorld {
  const ago = (days: number) => new Date(now - days * day).toISOString();
  const others = new Map(regions.map((region) => [region as string, anotherIn(amis, region)]));
  const about = ({ id, region, snapshots }: Described): About => ({
    id,
    region,
    snapshots,
    another: others.get(region) ?? '',
    ago,
  });
  const having = amis.flatMap((ami) => ami.traits.map((name) => ({ ami, trait: traitNamed(name) })));
  return {
    buckets: bucketsOf(amis),
    images: amis.map((ami) => imageOf(ami, about(ami))),
    instances: having.flatMap(({ ami, trait }) =>
      (trait.instances?.(about(ami)) ?? []).map((instance) => ({ ...instance, region: ami.region })),
    ),
    volumes: regions.map((region) => volumeIn(region, amis, ago(100))),
    fleets: having.flatMap(({ ami, trait }) =>
      (trait.fleets?.(about(ami)) ?? []).map((fleet) => ({ ...fleet, region: ami.region })),
    ),
    spotFleets: having.flatMap(({ ami, trait }) =>
      (trait.spotFleets?.(about(ami)) ?? []).map((fleet) => ({ ...fleet, region: ami.region })),
    ),
    calls: having.flatMap(({ ami, trait }) =>
      (trait.calls?.(about(ami)) ?? []).map((call) => ({ ...call, region: ami.region })),
    ),
  };
}

export function traitNamed(name: string): Trait {
  const trait = traits[name];
  if (!trait) throw new Error(`there is no trait ${name}`);
  return trait;
}

function imageOf(ami: Described, about: About): SeededImage {
  const { traits: _, is: __, age, tags, state, snapshots, bundle, ...plain } = ami;
  const extra = ami.traits.map((name) => traitNamed(name).image?.(about) ?? {});
  return {
    ...plain,
    state,
    createdAt: about.ago(age),
    ...(bundle ? { bundle, virtualization: 'paravirtual' } : { snapshots }),
    ...Object.assign({}, ...extra),
    tags: Object.assign({}, tags, ...extra.map((one) => one.tags)),
  };
}

/** A volume of a snapshot that is deleted, attached to nothing. */
function volumeIn(region: string, amis: readonly Described[], createdAt: string): SeededVolume {
  const of = amis.find(
    (ami) => ami.region === region && ami.is?.image === 'medium' && ami.is.version === versionOf(47),
  );
  return {
    region,
    id: derivedId('vol', region),
    createdAt,
    ...(of?.snapshots[0] === undefined ? {} : { snapshot: of.snapshots[0] }),
  };
}

/** One bucket for each version, as the tool makes them; and in each region an old one that contains more than bundles. */
function bucketsOf(amis: readonly Described[]): SeededBucket[] {
  const own = amis.flatMap(({ region, is, bundle }, at): SeededBucket[] => {
    if (!is || is.by === 'name' || !bundle) return [];
    const { version } = is;
    const number = at % 56;
    return [
      {
        region,
        name: ownBucket(region, version),
        tags: { 'gopackgo:release': `official@${version}` },
        ...(number % 2 === 0 ? { versioning: 'Enabled' } : {}),
        ...(version === strangerIn ? { objects: [{ key: 'notes.txt' }] } : {}),
        ...(number % 4 === 1 ? { unfinished: [{ key: 'store.part.02', parts: 1 }] } : {}),
      },
    ];
  });
  const old = regions.map(
    (region): SeededBucket => ({
      region,
      name: oldBucket(region),
      versioning: 'Enabled',
      objects: [
        { key: 'index.html', versions: 3 },
        { key: 'official/README', isDeleted: true },
        { key: `official/${versionOf(adoptedFrom)}/store.part.99` },
      ],
      unfinished: [{ key: 'official/left', parts: 2 }],
    }),
  );
  return [...own, ...old];
}

/** The version whose bucket contains an object of somebody else. */
export const strangerIn = versionOf(47);
