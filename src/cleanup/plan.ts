import { dateWords } from '../lib/days.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import type { CleanupPlan, PlannedAmi } from '../model/events.ts';
import { retiredBy, retiredWords, supersededAt, yankedBy, yankedWords } from '../model/lifecycle-tags.ts';
import type { Lookup } from '../model/lookup.ts';
import { isProtected } from '../model/protection.ts';
import { taggedRelease } from '../model/release-ami.ts';
import type { Leftover } from '../model/resource.ts';
import type { Decision } from './decide.ts';
import { plannedRemoval } from './planned-removal.ts';

/** The findings and decisions for a region. */
export interface DecidedRegion {
  region: string;
  lookup: Lookup<{ decisions: Decision[]; leftovers: Leftover[] }>;
}

/**
 * Everything that would be deleted, and everything that is kept, with every reason. Names regions that could not be looked up.
 * Pure.
 */
export function cleanupPlan(
  about: Omit<CleanupPlan, 'amis' | 'leftovers' | 'unseen'>,
  regions: readonly DecidedRegion[],
): CleanupPlan {
  return {
    ...about,
    amis: regions.flatMap(({ lookup }) =>
      lookup.ok ? plannedAmis(about.publication, lookup.value.decisions).toSorted(byTargetThenAge) : [],
    ),
    leftovers: regions.flatMap(({ lookup }) => (lookup.ok ? lookup.value.leftovers : [])),
    unseen: regions.flatMap(({ region, lookup }) => {
      if (lookup.ok) return [];
      const { operation, code, message } = lookup.error;
      return [{ region, why: `${operation}: ${code}: ${message}`, failedCall: lookup.error }];
    }),
  };
}

function plannedAmis(publication: string, decisions: readonly Decision[]): PlannedAmi[] {
  const staying = decisions
    .filter(({ verdict }) => verdict !== 'delete')
    .map(({ considered }) => considered.ami);
  const used = new Set(staying.flatMap(({ snapshots, location }) => [...snapshots, location]));
  return decisions.map(({ considered, verdict, keep }): PlannedAmi => {
    const { ami, origin } = considered;
    const goes = verdict === 'delete';
    const { parameters = [] } = plannedRemoval(considered) ?? {};
    const bundle = goes && ami.rootDevice === 'instance-store' ? ami.location : undefined;
    return {
      region: ami.region,
      ami: ami.id,
      name: ami.name,
      created: ami.created,
      state: ami.state,
      ...(origin ? { target: origin.target, release: origin.release } : {}),
      ...(origin ? {} : definedOnly({ otherRelease: otherRelease(publication, ami) })),
      ...(origin?.by === 'name' ? { adopted: true as const } : {}),
      verdict,
      ...(verdict === 'keep' ? {} : notesOn(ami)),
      reasons: keep,
      ...((goes || verdict === 'unprotect') && isProtected(ami) ? { protection: ami.protection } : {}),
      snapshots: goes ? ami.snapshots.filter((id) => !used.has(id)) : [],
      ...(bundle !== undefined && !used.has(bundle) ? { bundle } : {}),
      ...(goes && parameters.length > 0 ? { parameters } : {}),
    };
  });
}

/** Its release, if that belongs to another publication. Pure. */
function otherRelease(publication: string, ami: Ami): string | undefined {
  const its = taggedRelease(ami);
  return its?.startsWith(`${publication}@`) ? undefined : its;
}

/** The history of its release, for people who read the plan. Pure. */
function notesOn({ tags }: Ami): { notes?: string[] } {
  const yanked = yankedBy(tags);
  const superseded = supersededAt(tags);
  const retired = retiredBy(tags);
  const notes = [
    ...(yanked ? [`yanked ${yankedWords(yanked)}`.trimEnd()] : []),
    ...(superseded === undefined ? [] : [`superseded since ${dateWords(superseded)}`]),
    ...(retired ? [`retired${retiredWords(retired)}`] : []),
  ];
  return notes.length === 0 ? {} : { notes };
}

const byTargetThenAge = (one: PlannedAmi, other: PlannedAmi): number =>
  (one.target ?? '~').localeCompare(other.target ?? '~') || other.created.localeCompare(one.created);

/** Does not list an AMI to delete, and its dependents, as leftovers too. Pure. */
export function withoutThoseOfAmis(
  leftovers: readonly Leftover[],
  decisions: readonly Decision[],
): Leftover[] {
  const going = decisions
    .filter(({ verdict }) => verdict === 'delete')
    .map(({ considered }) => considered.ami);
  const ids = new Set(going.flatMap(({ id, snapshots }) => [id, ...snapshots]));
  return leftovers.filter(({ id }) => !ids.has(id));
}

/** AMIs that a plan changes. */
export const toChange = ({ amis }: Pick<CleanupPlan, 'amis'>): PlannedAmi[] =>
  amis.filter(({ verdict }) => verdict !== 'keep');

/**
 * Why a reviewed plan may not be applied to what exists now, one line per reason. New resources are not touched and are no
 * reason. Pure.
 */
export function diffCleanupPlans(reviewed: CleanupPlan, now: CleanupPlan): string[] {
  const facts = (['publication', 'release', 'account', 'endpoint'] as const).flatMap((fact) =>
    reviewed[fact] === now[fact]
      ? []
      : [`${fact}: was ${reviewed[fact] ?? 'none'}, is ${now[fact] ?? 'none'}`],
  );
  const amis = new Map(now.amis.map((one) => [one.ami, one]));
  const unseen = new Map(now.unseen.map(({ region, why }) => [region, why]));
  return [...facts, ...toChange(reviewed).flatMap((one) => describeChange(one, amis.get(one.ami), unseen))];
}

function describeChange(
  then: PlannedAmi,
  now: PlannedAmi | undefined,
  unseen: ReadonlyMap<string, string>,
): string[] {
  const place = `${then.target ?? then.region} ${then.ami}`;
  const why = unseen.get(then.region);
  if (why !== undefined) return [`${place}: ${then.region} could not be looked up: ${why}`];
  if (!now) return [`${place}: is gone`];
  if (now.verdict === 'keep') {
    return [`${place}: would be kept now: ${now.reasons.map(({ said }) => said).join('; ')}`];
  }
  if (now.verdict !== then.verdict) return [`${place}: was ${then.verdict}, is ${now.verdict}`];
  const goesThen = [...then.snapshots, ...(then.parameters ?? []), then.bundle ?? ''].toSorted().join(' ');
  const goesNow = [...now.snapshots, ...(now.parameters ?? []), now.bundle ?? ''].toSorted().join(' ');
  return goesThen === goesNow ? [] : [`${place}: the dependents to be deleted with it have changed`];
}
