import { isDeregistered } from '../aws/ami-states.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { poll } from '../lib/poll.ts';
import { unlessStopped } from '../lib/unless-stopped.ts';
import type { CleanupPlan, PlannedAmi } from '../model/events.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import {
  type AmiOutcome,
  failed,
  kept,
  type Leftover,
  type Outcome,
  type Remaining,
  type Removal,
  type RemovalOutcome,
  remains,
} from '../model/resource.ts';
import type { RemovalRecords } from '../remove/removal-records.ts';
import { type RegionOutcome, removeRegion } from '../remove/remove-region.ts';
import { retireAmis } from '../remove/retire-amis.ts';
import { unprotect, unprotected } from '../remove/unprotect.ts';
import type { Verdict } from './decide.ts';
import { decideRegion, interruptedOf, keyOfLeftover, leftoversOf } from './decide-region.ts';
import { deregisteredMeanwhile } from './deregistered-meanwhile.ts';
import { removeRegionLeftovers } from './leftovers.ts';
import {
  idsOf,
  lookUpForCleanup,
  type RegionFindings,
  type RegionLookupOptions,
} from './lookup-and-decide.ts';
import { toChange } from './plan.ts';
import { plannedRemoval } from './planned-removal.ts';
import { lookUpReferences, type ReferencesIn } from './references.ts';
import { type CleanedRegion, notStarted } from './result.ts';

const goneOrInUse = kept('it is gone, or in use again');

/**
 * Applies a region's part of a plan. Looks the region up again right before: AMIs that have a reason to be kept by now are
 * kept, and AMIs that were not in the plan are not touched.
 */
export async function applyTo(
  region: string,
  plan: CleanupPlan,
  looking: RegionLookupOptions,
  records: RemovalRecords,
  context: Context,
): Promise<CleanedRegion> {
  const planned = toChange(plan).filter((one) => one.region === region);
  const left = plan.leftovers.filter((one) => one.region === region);
  if (planned.length + left.length === 0) return { amis: new Map(), leftovers: [] };
  const lookup = await unlessStopped(() => lookUpAgain(region, looking, context), context.stop);
  if (!lookup) return unchanged(planned, left, notStarted);
  if (!lookup.ok) {
    const why = `${region} could not be looked up again: ${failed(lookup.error).why}`;
    return unchanged(planned, left, remains(why));
  }

  const { going, protectedOnes, retiring, gone, stays } = stillGoing(planned, lookup.value, looking.of);
  const interrupted = interruptedOf(lookup.value.interrupted, looking.of);
  const resumed = interrupted.removals.filter(({ ami }) => left.some((one) => one.ami === ami));
  const buckets = interrupted.buckets.filter(({ name }) =>
    left.some(({ kind, id }) => kind === 'bucket' && id === name),
  );
  const meanwhile = await deregisteredMeanwhile(gone, region, context);
  const done = await removeRegion(
    { region, removals: [...going, ...resumed], buckets },
    { account: plan.account, records, sharedStays: !looking.of.asked.includingShared },
    context,
  );
  const retired = await retireAmis(
    region,
    retiring,
    { sharedStays: !looking.of.asked.includingShared, retireFor: looking.of.asked.retireFor ?? 0 },
    context,
  );
  const opened = await unprotectEach(protectedOnes, context);
  const own = done.removals.filter(({ removal }) => !resumed.includes(removal));
  const isResumed = ({ kind, id, ami }: Leftover) =>
    ami !== undefined || (kind === 'bucket' && buckets.some(({ name }) => name === id));
  const leftovers = [
    ...left.filter(isResumed).map((one) => ({ ...one, ...outcomeOf(one, resumed, done) })),
    ...(await removeThoseLeft(
      left.filter((one) => !isResumed(one)),
      lookup.value,
      looking,
      context,
    )),
    ...done.buckets
      .filter(({ id }) => buckets.every(({ name }) => name !== id))
      .map((one) => ({ ...one, region, reason: 'bundles in it were removed' })),
  ];
  return {
    amis: new Map([...stays, ...retired, ...opened, ...meanwhile, ...(await readBack(region, own, context))]),
    leftovers,
  };
}

/** Looks up references to AMIs once more, but only in the AMIs' own region, where nearly all of them are. */
async function lookUpAgain(
  region: string,
  looking: RegionLookupOptions,
  context: Context,
): Promise<Lookup<RegionFindings & { references: ReferencesIn }>> {
  const { lookup } = await lookUpForCleanup(region, looking, context);
  if (!lookup.ok) return lookup;
  const ids = idsOf(lookup.value.inventory);
  const own = ids.length === 0 ? okLookup(new Map()) : await lookUpReferences(ids, region, context);
  if (!own.ok) return own;
  const references = new Map([...(looking.references ?? []), [region, own] as const]);
  return okLookup({ ...lookup.value, references });
}

/** The outcome of AMIs and leftovers that were not touched. Pure. */
export const unchanged = (
  planned: readonly PlannedAmi[],
  left: readonly Leftover[],
  outcome: Remaining,
): CleanedRegion => ({
  amis: new Map(planned.map(({ ami }) => [ami, { ...outcome, parts: [] }])),
  leftovers: left.map((one) => ({ ...one, ...outcome })),
});

/**
 * Sorts the AMIs: those still to delete, to retire or to unprotect, those that are gone, and for all others why they are kept.
 * Pure.
 */
function stillGoing(
  planned: readonly PlannedAmi[],
  { inventory, references }: RegionFindings & { references: ReferencesIn },
  of: RegionLookupOptions['of'],
) {
  const decisions = decideRegion(inventory, references, of);
  const now = new Map(decisions.map((decision) => [decision.considered.ami.id, decision]));
  const stays = new Map<string, AmiOutcome>();
  const still = (wanted: Verdict) =>
    planned.flatMap(({ ami, verdict }) => {
      const decision = now.get(ami);
      const isSo = verdict === wanted && decision?.verdict === wanted;
      return isSo ? (plannedRemoval(decision.considered) ?? []) : [];
    });
  for (const { ami, verdict } of planned) {
    const decision = now.get(ami);
    if (decision === undefined || decision.verdict === verdict) continue;
    const kept = `it is kept now: ${decision.keep.map(({ said }) => said).join('; ')}`;
    const why =
      decision.verdict === 'keep'
        ? kept
        : `it has changed since the plan was made: its verdict is ${decision.verdict} now`;
    stays.set(ami, { ...remains(why), parts: [] });
  }
  return {
    going: still('delete'),
    protectedOnes: still('unprotect'),
    retiring: still('retire'),
    gone: planned.filter(({ ami }) => !now.has(ami)),
    stays,
  };
}

/** Turns off the protection of AMIs that can be deleted a day later. */
async function unprotectEach(amis: readonly Removal[], context: Context): Promise<Map<string, AmiOutcome>> {
  const outcomes = new Map<string, AmiOutcome>();
  for (const one of amis) {
    if (context.stop.aborted) break;
    const done = await unprotect(one, context);
    const until = done.ok && done.value.is === 'cooling' ? done.value.until : undefined;
    const outcome = done.ok ? unprotected(until, context.clock.now()) : failed(done.error);
    outcomes.set(one.ami, { ...outcome, parts: [] });
  }
  return outcomes;
}

/** Deletes only what is still a leftover; the rest of the plan is reported as shown. */
async function removeThoseLeft(
  planned: readonly Leftover[],
  { leftovers }: RegionFindings,
  { of }: RegionLookupOptions,
  context: Context,
): Promise<(Leftover & Outcome)[]> {
  const now = new Map(leftoversOf(leftovers, of).map((one) => [keyOfLeftover(one), one]));
  const going = planned.flatMap((one) => now.get(keyOfLeftover(one)) ?? []);
  const outcomes = await removeRegionLeftovers(going, context);
  const done = new Map(outcomes.map((one) => [keyOfLeftover(one), one]));
  return planned.map((one) => {
    const key = keyOfLeftover(one);
    if (!now.has(key)) return { ...one, ...goneOrInUse };
    const notReached = context.stop.aborted ? notStarted : blocked(one);
    return { ...one, ...outcomeIn(done.get(key) ?? notReached) };
  });
}

const blocked = ({ kind }: Leftover): Remaining =>
  remains(`a resource that it depends on remains${kind === 'bucket' ? ', or it holds other objects' : ''}`);

/** The outcome of a leftover of an interrupted cleanup. */
function outcomeOf(
  left: Leftover,
  resumed: readonly Removal[],
  { removals, buckets }: Pick<RegionOutcome, 'removals' | 'buckets'>,
): Outcome {
  const parts = [...removals.flatMap((removal) => removal.parts), ...buckets];
  const part = parts.find(({ kind, id }) => kind === left.kind && id === left.id);
  if (part) return outcomeIn(part);
  if (left.kind === 'bucket') return kept('it was left unchanged');
  const of = removals.find(({ removal }) => removal.ami === left.ami);
  if (of) return of.outcome === 'removed' ? goneOrInUse : outcomeIn(of);
  return resumed.some(({ ami }) => ami === left.ami) ? notStarted : goneOrInUse;
}

/** Only the outcome, without the other fields. */
const outcomeIn = ({ outcome, why }: Pick<AmiOutcome, 'outcome' | 'why'>): Outcome =>
  ({
    outcome: outcome === 'unprotected' || outcome === 'retired' ? 'kept' : outcome,
    ...definedOnly({ why }),
  }) as Outcome;

/** An AMI remains if EC2 still shows it as registered. */
async function readBack(
  region: string,
  outcomes: readonly RemovalOutcome[],
  context: Context,
): Promise<[string, AmiOutcome][]> {
  const ids = outcomes.flatMap(({ removal, outcome }) => (outcome === 'removed' ? [removal.ami] : []));
  const shown = await stillShown(region, ids, context);
  return outcomes.map(({ removal: { ami }, ...own }) => [
    ami,
    shown.has(ami) ? { ...remains('EC2 still shows it'), parts: own.parts } : own,
  ]);
}

/** AMIs that EC2 still shows; it may do so for seconds. If the lookup fails, all count as shown. */
async function stillShown(region: string, ids: string[], context: Context): Promise<ReadonlySet<string>> {
  const { clients, clock, stop } = context;
  let shown = ids;
  const lookup = async () => {
    const found = await findImages(clients, region, { owner: 'self', ids: shown });
    if (found.ok) shown = found.value.flatMap((ami) => (isDeregistered(ami) ? [] : [ami.id]));
  };
  if (ids.length > 0)
    await poll(
      { clock, every: consistencyPause(context, 1_000), tries: 30, stop },
      lookup,
      () => shown.length === 0,
    );
  return new Set(shown);
}
