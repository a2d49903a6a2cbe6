import { derivedId, otherAccount, type SeededBundle } from '../../../sandbox/testing/without-vitest.ts';
import { type ImageName, regions, volumesOf } from './publication.ts';
import { traits } from './traits.ts';

/** An AMI with all its expected properties. */
export interface Described {
  id: string;
  region: string;
  /** Set if it belongs to another account than the one that cleans up. */
  account?: string;
  name: string;
  /** Days. No two of an account in one region are of the same age. */
  age: number;
  state: 'available' | 'disabled' | 'failed' | 'pending';
  snapshots: string[];
  bundle?: SeededBundle;
  tags: Record<string, string>;
  traits: string[];
  /** Its part in the publication; absent if it belongs to somebody else. */
  is?: { version: string; image: ImageName; by: 'tag' | 'name' };
}

/** Releases of each image in each region, a version every eight days; then four candidates. */
const releases = 52;
const considered = 4;
/** From here on, counted from the newest, the versions are older than the tool: without tags, identified by their names. */
export const adoptedFrom = 50;

/** 2,000 AMIs, 250 in each region, 224 of which are the publication's. */
export const describeAmis = (): Described[] =>
  regions.flatMap((region) => {
    const own = (Object.keys(volumesOf) as ImageName[]).flatMap((image, index) => [
      ...Array.from({ length: releases }, (_, at) => releaseOf(region, image, index, at + 1)),
      ...Array.from({ length: considered }, (_, at) => candidateOf(region, image, index, at + 1)),
    ]);
    return [...own, ...othersIn(region, own)];
  });

export const versionOf = (number: number): string => `1.0.${releases + 1 - number}`;

/** @param number its place in its family, the newest is 1. */
function releaseOf(region: string, image: ImageName, index: number, number: number): Described {
  const version = versionOf(number);
  return {
    ...ofPublication(region, image, version, number < adoptedFrom ? 'tag' : 'name'),
    age: number * 8 + index / 24,
    state: states[`${image} ${number}`] ?? 'available',
    traits: traitsOf(image, number),
    ...(image === 'large' && number === 47 ? { snapshots: sharingSnapshots(region) } : {}),
  };
}

function candidateOf(region: string, image: ImageName, index: number, number: number): Described {
  const version = `1.1.0-beta${considered + 1 - number}`;
  return {
    ...ofPublication(region, image, version, 'tag'),
    age: number * 55 + index / 24,
    state: 'available',
    traits: [],
  };
}

function ofPublication(region: string, image: ImageName, version: string, by: 'tag' | 'name') {
  const target = `${region}-${image}`;
  return {
    id: derivedId('ami', target, version),
    region,
    name: `official ${version} ${image}`,
    tags: by === 'tag' ? ownTags(`official@${version}`, target) : {},
    is: { version, image, by },
    ...(image === 'store'
      ? { snapshots: [], bundle: bundleOf(region, version, by) }
      : { snapshots: snapshotsOf(target, version, volumesOf[image]) }),
  };
}

const ownTags = (release: string, target: string) => ({
  'gopackgo:release': release,
  'gopackgo:target': target,
});

const snapshotsOf = (target: string, version: string, volumes: number): string[] =>
  Array.from({ length: volumes }, (_, at) => derivedId('snap', target, version, String(at)));

/** One own snapshot, and one shared with the AMI before it. */
function sharingSnapshots(region: string): string[] {
  const target = `${region}-large`;
  const [own = ''] = snapshotsOf(target, versionOf(47), 1);
  const [, common = ''] = snapshotsOf(target, versionOf(46), 2);
  return [own, common];
}

export const ownBucket = (region: string, version: string): string =>
  `gopackgo-123456789012-official-${version.replaceAll('.', '-')}-${region}`;
/** Somebody's AMI from before the tool existed. */
export const oldBucket = (region: string): string => `old-bundles-${region}`;

const bundleOf = (region: string, version: string, by: 'tag' | 'name'): SeededBundle =>
  by === 'tag'
    ? { bucket: ownBucket(region, version), prefix: 'store', parts: 3 }
    : { bucket: oldBucket(region), prefix: `official/${version}/store`, parts: 3 };

/** Where the traits begin, one for each AMI: at the age from which AMIs are chosen. */
const firstTrait = 23;

function traitsOf(image: ImageName, number: number): string[] {
  if (number === 1) return ['recorded', 'public'];
  if (number === 5) return ['the keep tag', 'a running instance', 'a launch 20 days ago', 'protection'];
  if (image === 'medium') return number === 43 ? ['a snapshot shared alone'] : [];
  if (image === 'large' || number < firstTrait) return [];
  const name = Object.keys(traits)[number - firstTrait];
  if (name === undefined || (image === 'store' && name === 'a snapshot shared alone')) return [];
  return [name];
}

const states: Readonly<Record<string, Described['state']>> = {
  'small 48': 'disabled',
  'store 48': 'disabled',
  'large 2': 'disabled',
  'medium 41': 'failed',
  'medium 42': 'pending',
};

/** AMIs that look like the publication's but are not. */
function othersIn(region: string, own: readonly Described[]): Described[] {
  const versions = Array.from({ length: 8 }, (_, at) => versionOf(50 - at));
  const numbered = (image: ImageName, number: number) =>
    own.find(({ is }) => is?.image === image && is.version === versionOf(number));
  const others: Partial<Described>[] = [
    ...versions.map((version) => ({
      name: `official-eu ${version} small`,
      tags: ownTags(`official-eu@${version}`, `${region}-small`),
    })),
    ...versions.map((version) => ({
      name: `official ${version} small`,
      account: otherAccount.id,
      tags: ownTags(`official@${version}`, `${region}-small`),
    })),
    ...[
      'official 0.9.1 small copy',
      'my official 0.9.1 small',
      'Official 0.9.1 small',
      'official 0.9.1 smaller',
      'official  0.9.1 small',
      'official 0.9/1 small',
    ].map((name) => ({ name })),
    {
      name: 'official 0.9.2 small in a region of its own',
      tags: ownTags('official@1.0.9', 'eu-central-1-small'),
    },
    { name: 'has one of our snapshots', snapshots: numbered('large', 45)?.snapshots.slice(0, 1) ?? [] },
    { name: 'has one of our bundles', ...bundleLike(numbered('store', 49)) },
    { name: anotherName },
  ];
  return others.map(
    (other, at): Described => ({
      id: derivedId('ami', region, 'others', String(at)),
      region,
      name: '',
      age: 300 + at + 0.5,
      state: 'available',
      snapshots: other.bundle ? [] : snapshotsOf(region, `others ${at}`, 1),
      tags: {},
      traits: [],
      ...other,
    }),
  );
}

const anotherName = 'another';

/** The AMI that is named by anything that must name another one. */
export const anotherIn = (amis: readonly Described[], region: string): string =>
  amis.find((ami) => ami.region === region && ami.name === anotherName)?.id ?? '';

const bundleLike = (ami: Described | undefined): Partial<Described> =>
  ami?.bundle ? { bundle: ami.bundle } : {};
