import { isDeregistered } from '../aws/ami-states.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { poll } from '../lib/poll.ts';
import { unlessStopped } from '../lib/unless-stopped.ts';
import type { CleanedPart, CleanupPlan, PlannedAmi, PlannedLeftover } from '../model/events.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Part } from '../model/removal.ts';
import type { RemovalRecords } from '../remove/removal-records.ts';
import { removeRegion } from '../remove/remove-region.ts';
import { decideRegion, interruptedOf, keyOfLeftover, leftoversOf } from './decide-region.ts';
import { deregisteredMeanwhile } from './deregistered-meanwhile.ts';
import { removeRegionLeftovers } from './leftovers.ts';
import { lookUpForCleanup, type RegionFindings, type RegionLookupOptions } from './lookup-and-decide.ts';
import { toDelete } from './plan.ts';
import { plannedRemoval, type Removal } from './planned-removal.ts';
import { type CleanedRegion, cleanedPart, notStarted } from './result.ts';

const goneOrInUse = 'it is gone, or in use again';

type CleanedLeftover = PlannedLeftover & CleanedPart;

interface CleanedAmiParts {
  parts: readonly Part[];
  why?: string;
}

/**
 * Applies a region's part of a plan. It is looked at again right before: what gained a reason to stay since stays, and
 * what was not in the plan is not touched.
 */
export async function applyTo(
  region: string,
  plan: CleanupPlan,
  looking: RegionLookupOptions,
  records: RemovalRecords,
  context: Context,
): Promise<CleanedRegion> {
  const planned = toDelete(plan).filter((one) => one.region === region);
  const left = plan.leftovers.filter((one) => one.region === region);
  if (planned.length + left.length === 0) return { amis: new Map(), leftovers: [], stillExisting: new Set() };
  const looked = await unlessStopped(() => lookUpForCleanup(region, looking, context), context.stop);
  if (!looked) return unchanged(planned, left, notStarted);
  const { lookup } = looked;
  if (!lookup.ok)
    return unchanged(planned, left, `${region} could not be looked at again: ${describeError(lookup.error)}`);

  const { going, gone, stays } = stillGoing(planned, lookup.value, looking);
  const amis: Map<string, CleanedAmiParts> = new Map([
    ...stays,
    ...(await deregisteredMeanwhile(gone, region, context)),
  ]);
  const interrupted = interruptedOf(lookup.value.interrupted, looking.of);
  const begun = interrupted.removals.filter(({ ami }) => left.some((one) => one.ami === ami));
  const wasShown = ({ name }: { name: string }) =>
    left.some(({ kind, id }) => kind === 'bucket' && id === name);
  const buckets = interrupted.buckets.filter(wasShown);
  const begunBuckets = new Set(buckets.map(({ name }) => name));
  const done = await removeRegion(
    { region, removals: [...going, ...begun], buckets },
    { account: plan.account, records, sharedStays: !looking.of.asked.includingShared },
    context,
  );
  for (const { removal, parts } of done.removals) {
    if (!begun.includes(removal)) amis.set(removal.ami, { parts });
  }
  const isBegun = ({ kind, id, ami }: PlannedLeftover) =>
    ami !== undefined || (kind === 'bucket' && begunBuckets.has(id));
  const outcomes = [...done.removals.flatMap(({ parts }) => parts), ...done.buckets];
  const ids = done.removals
    .filter(({ parts }) => parts.every(({ kind, fate }) => kind !== 'AMI' || fate.is === 'removed'))
    .flatMap(({ removal }) => (begun.includes(removal) ? [] : [removal.ami]));
  return {
    amis,
    leftovers: [
      ...left.filter(isBegun).map((one) => outcomeOf(one, outcomes)),
      ...(await clearLeftovers(
        left.filter((one) => !isBegun(one)),
        lookup.value,
        looking,
        context,
      )),
      ...done.buckets.filter(({ id }) => !begunBuckets.has(id)).map((part) => tidied(part, region)),
    ],
    stillExisting: await stillShown(region, ids, context),
  };
}

const describeError = ({ operation, code, message }: LookupError): string =>
  `${operation}: ${code}: ${message}`;

const unchanged = (
  planned: readonly { ami: string }[],
  left: readonly PlannedLeftover[],
  why: string,
): CleanedRegion => ({
  amis: new Map(planned.map(({ ami }) => [ami, { parts: [], why }])),
  leftovers: left.map((one) => ({ ...one, outcome: 'remains', why })),
  stillExisting: new Set(),
});

/** Those that nothing keeps now, either, and those that are gone; of the others, why they stay. Pure. */
function stillGoing(
  planned: readonly PlannedAmi[],
  { inventory }: RegionFindings,
  { of }: RegionLookupOptions,
) {
  const decisions = decideRegion(inventory, of);
  const now = new Map(decisions.map((decision) => [decision.considered.ami.id, decision]));
  const stays = new Map<string, CleanedAmiParts>();
  const going = planned.flatMap(({ ami }): Removal[] => {
    const decision = now.get(ami);
    const removal = decision?.keep.length === 0 ? plannedRemoval(decision.considered) : undefined;
    if (removal) return [removal];
    if (decision) {
      const why = `it stays: ${decision.keep.map(({ said }) => said).join('; ')}`;
      stays.set(ami, { parts: [], why });
    }
    return [];
  });
  return { going, gone: planned.filter(({ ami }) => !now.has(ami)), stays };
}

async function clearLeftovers(
  planned: readonly PlannedLeftover[],
  { leftovers }: RegionFindings,
  { of }: RegionLookupOptions,
  context: Context,
): Promise<CleanedLeftover[]> {
  const now = new Map(leftoversOf(leftovers, of).map((one) => [keyOfLeftover(one), one]));
  const going = planned.flatMap((one) => now.get(keyOfLeftover(one)) ?? []);
  const { removed, kept } = await removeRegionLeftovers(going, context);
  const gone = new Set(removed.map(keyOfLeftover));
  const failed = new Map(kept.map(({ resource, error }) => [keyOfLeftover(resource), describeError(error)]));
  return planned.map((one): CleanedLeftover => {
    const key = keyOfLeftover(one);
    if (gone.has(key)) return { ...one, outcome: 'removed' };
    if (!now.has(key)) return { ...one, outcome: 'kept', why: goneOrInUse };
    const blocked = `what it hangs on remains${one.kind === 'bucket' ? ', or other things lie in it' : ''}`;
    const why = failed.get(key) ?? (context.stop.aborted ? notStarted : blocked);
    return { ...one, outcome: 'remains', why };
  });
}

function outcomeOf(left: PlannedLeftover, parts: readonly Part[]): CleanedLeftover {
  const part = parts.find(({ kind, id }) => kind === left.kind && id === left.id);
  const found = part ?? parts.find(({ kind, id }) => kind === 'AMI' && id === left.ami);
  if (!found && left.kind === 'bucket') return { ...left, outcome: 'kept', why: 'it is as it was before' };
  if (!found) return { ...left, outcome: 'kept', why: goneOrInUse };
  const { outcome, why } = cleanedPart(found);
  return { ...left, outcome, ...definedOnly({ why }) };
}

const tidied = (part: Part, region: string): CleanedLeftover => ({
  ...cleanedPart(part),
  region,
  reason: 'bundles in it were removed',
});

/** Those that EC2 goes on to show; it may do so for seconds. What cannot be looked at counts as shown. */
async function stillShown(region: string, ids: string[], context: Context) {
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
