import type { Described } from './described.ts';
import { traitNamed } from './seeded.ts';

/** The request, in the terms of the command line. */
export interface Asked {
  release?: string;
  /** Days. */
  olderThan?: number;
  keepLast: number;
  adopt: boolean;
  includingShared: boolean;
  /** For each region. */
  maxDeletions: number;
  /** Share of a family, from 0 to 1. */
  maxShare: number;
}

type Families = ReadonlyMap<string, readonly Described[]>;

/** Reasons to keep each AMI of the account, by id; none if it is deleted. Derived from the description alone. */
export function expectedPlan(amis: readonly Described[], asked: Asked): Map<string, string[]> {
  const own = amis.filter(({ account }) => account === undefined);
  const families = Map.groupBy(
    own.filter(({ is }) => is),
    familyOf,
  );
  const plan = new Map(own.map((ami) => [ami.id, reasonsOf(ami, families, asked)]));
  for (const inRegion of Map.groupBy(own, ({ region }) => region).values()) {
    const free = inRegion.filter(({ id }) => plan.get(id)?.length === 0);
    for (const { id } of heldBack(free, families, asked)) plan.set(id, ['guard']);
  }
  return plan;
}

/** Ids of the deleted AMIs. */
export const goingBy = (plan: ReadonlyMap<string, readonly string[]>): Set<string> =>
  new Set([...plan].flatMap(([id, reasons]) => (reasons.length === 0 ? [id] : [])));

function reasonsOf(ami: Described, families: Families, asked: Asked): string[] {
  const because = new Set(ami.traits.flatMap((name) => traitNamed(name).keeps ?? []));
  if (asked.includingShared) because.delete('shared');
  if (!ami.is) return ['not ours', ...because].sort();
  const place = placeOf(ami, families);
  const all: [string, boolean][] = [
    ['not ours', ami.is.by === 'name' && !asked.adopt],
    [
      'not chosen',
      asked.release === undefined
        ? ami.age <= (asked.olderThan ?? 0)
        : asked.release !== `official@${ami.is.version}`,
    ],
    ['among the newest', place !== undefined && place <= asked.keepLast],
    ['being made', ami.state === 'pending'],
  ];
  return [...all.flatMap(([reason, holds]) => (holds ? [reason] : [])), ...because].sort();
}

const familyOf = ({ region, is }: Described): string =>
  `${region} ${is?.image} ${is?.version.includes('-') ? 'considered' : 'release'}`;

const membersOf = (ami: Described, families: Families) => families.get(familyOf(ami)) ?? [];

/** The rank from the newest, which is 1; a disabled AMI does not count for others, an unfinished one has no rank. */
function placeOf(ami: Described, families: Families): number | undefined {
  if (ami.state === 'failed' || ami.state === 'pending') return undefined;
  const newer = membersOf(ami, families).filter(({ age, state }) => age < ami.age && state === 'available');
  return newer.length + 1;
}

/** AMIs beyond the limits that nothing else keeps: those farthest from the newest are deleted first. */
function heldBack(free: readonly Described[], families: Families, asked: Asked): Described[] {
  const order = free
    .map((ami) => ({ ami, place: placeOf(ami, families) ?? 1_000 }))
    .toSorted((one, other) => other.place - one.place || other.ami.age - one.ami.age)
    .map(({ ami }) => ami);
  const within = [...Map.groupBy(order, familyOf).values()].flatMap((some) =>
    some.slice(0, Math.floor(membersOf(some[0] as Described, families).length * asked.maxShare)),
  );
  const going = order.filter((ami) => within.includes(ami)).slice(0, asked.maxDeletions);
  return order.filter((ami) => !going.includes(ami));
}

/** All except the newest three and those that a trait keeps. */
export const everything: Asked = {
  olderThan: 0,
  keepLast: 3,
  adopt: true,
  includingShared: false,
  maxDeletions: 1_000,
  maxShare: 1,
};
