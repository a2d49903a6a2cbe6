import { bundleIdOf } from '../instance-store/stored-bundle.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { CleanupAsked } from '../model/events.ts';
import type { Leftover } from '../model/resource.ts';
import type { ConsideredAmi, InventoriedAmi } from './considered-ami.ts';
import { type CleanupRequest, type Decision, decide } from './decide.ts';
import type { InterruptedCleanup } from './interrupted-cleanup.ts';
import type { RegionInventory } from './inventory.ts';
import { keepTag } from './keep-tag.ts';
import type { ReferencesIn } from './references.ts';

export interface RegionRequest {
  release?: string;
  asked: CleanupAsked;
  /** Names of the targets selected by `--only` and `--except`; all if absent. */
  targets?: ReadonlySet<string>;
  recorded: ReadonlySet<string>;
  /** Whether deregistration protection may be turned off. */
  mayUnprotect?: boolean;
  /** Milliseconds since 1970. */
  now: number;
  candidate?: CleanupRequest['candidate'];
}

/** Whether AMIs are chosen at all: `--leftovers` alone chooses none. */
export const choosesAmis = ({ release, asked }: Pick<RegionRequest, 'release' | 'asked'>): boolean =>
  release !== undefined || asked.olderThan !== undefined;

/** Decides on the AMIs of a region, given the references to them in all regions. Pure. */
export function decideRegion(
  { amis }: RegionInventory,
  references: ReferencesIn,
  of: RegionRequest,
): Decision[] {
  const considered = amis.map((one) => withReferences(one, references));
  const { release, asked, targets, recorded, mayUnprotect, now, candidate } = of;
  const {
    keepLast,
    olderThan = 0,
    adopt,
    includingShared,
    guardPeriod,
    maxDeletions,
    maxShare,
    retireFor,
  } = asked;
  const request: CleanupRequest = {
    chosen: release === undefined ? { olderThan } : { release },
    keepLast,
    ...definedOnly({ targets, candidate, mayUnprotect, retireFor }),
    adopt,
    includingShared,
    guardPeriod,
    maxDeletions,
    maxShare,
    recorded,
    keepTag,
    now,
  };
  return decide(considered, request);
}

/** AMIs of other publications stay, so their references do not matter. */
function withReferences(one: InventoriedAmi, references: ReferencesIn): ConsideredAmi {
  const lookups = one.origin ? [...references.values()] : [];
  return {
    ...one,
    references: lookups.flatMap((lookup) => (lookup.ok ? (lookup.value.get(one.ami.id) ?? []) : [])),
    unknownReferences: lookups.flatMap((lookup) => (lookup.ok ? [] : lookup.error)),
  };
}

/** Leftovers of an interrupted cleanup of the requested AMIs. Pure. */
export function interruptedOf(
  { removals, buckets }: InterruptedCleanup,
  of: Pick<RegionRequest, 'release' | 'targets'>,
): InterruptedCleanup {
  const asked = removals.filter(
    ({ release, target }) =>
      (of.release === undefined || of.release === release) && (!of.targets || of.targets.has(target)),
  );
  return { removals: asked, buckets: asked.length === removals.length ? buckets : [] };
}

/** Pure. */
export const asLeftovers = ({ removals, buckets }: InterruptedCleanup): Leftover[] => [
  ...removals.flatMap(({ region, release, target, ami, snapshots, location }) => {
    const about = { region, release, target, ami, reason: `an earlier cleanup deregistered ${ami}` };
    return [
      ...snapshots.map((id) => ({ ...about, kind: 'snapshot' as const, id })),
      ...(location === undefined ? [] : [{ ...about, kind: 'bundle' as const, id: bundleIdOf(location) }]),
    ];
  }),
  ...buckets.map(({ name, release, region, ours }) => ({
    region,
    release,
    kind: 'bucket' as const,
    id: name,
    reason: `an earlier cleanup was interrupted here: ${ours ? 'it is deleted if it is empty afterwards' : 'it is kept, and only loses the tag that says so'}`,
  })),
];

/** Leftovers of builds of the requested releases. A leftover without a known release belongs to none. Pure. */
export const leftoversOf = (
  all: readonly Leftover[],
  of: Pick<RegionRequest, 'release' | 'targets'>,
): Leftover[] =>
  all.filter(
    ({ release, target = '' }) =>
      (of.release === undefined || of.release === release) && (!of.targets || of.targets.has(target)),
  );

/** The unique key of a leftover. */
export const keyOfLeftover = ({ region, kind, id }: Pick<Leftover, 'region' | 'kind' | 'id'>): string =>
  `${region} ${kind} ${id}`;
