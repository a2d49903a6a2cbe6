import { findImages } from '../aws/images.ts';
import type { Publication } from '../config/publication.ts';
import type { CleanedPart, CleanupPlan, PlannedLeftover } from '../events.ts';
import type { Part, RemovalOutcome } from '../release/removal.ts';
import type { World } from '../release/world.ts';
import { type Asked, choosesAmis, decideRegion, unfinishedOf } from './decide-region.ts';
import { lookAtRegion } from './inventory.ts';
import { toDelete } from './plan.ts';
import { type Records, removalOf } from './removal.ts';
import { remove } from './remove.ts';
import { type CleanedRegion, cleanedPart } from './result.ts';
import { lookAtUnfinished } from './unfinished.ts';

export interface Applying {
  of: Asked;
  records: Records;
}

/**
 * Applies a region's part of a plan. It is looked at again right before: what gained a reason to stay since stays, and
 * what was not in the plan is not touched.
 */
export async function applyTo(
  region: string,
  publication: Publication,
  plan: CleanupPlan,
  { of, records }: Applying,
  world: World,
): Promise<CleanedRegion> {
  const planned = toDelete(plan).filter((one) => one.region === region);
  const left = plan.leftovers.filter((one) => one.region === region);
  if (planned.length + left.length === 0) return nothing;
  const { account } = plan;
  const [inventory, looked] = await Promise.all([
    choosesAmis(of) ? lookAtRegion(publication, region, world) : undefined,
    lookAtUnfinished(publication.name, region, account, world),
  ]);
  const unfinished = unfinishedOf(looked, of);
  const failed = [inventory, unfinished].find((look) => look && !look.ok);
  if (failed && !failed.ok) {
    const { operation, code, message } = failed.error;
    return unchanged(plan, region, `${operation}: ${code}: ${message}`);
  }
  if (!unfinished.ok) return nothing;

  const decisions = inventory?.ok ? decideRegion(inventory.value, of) : [];
  const now = new Map(decisions.map((decision) => [decision.candidate.ami.id, decision]));
  const amis = new Map<string, { parts: readonly Part[]; why?: string }>();
  const going = planned.flatMap(({ ami }) => {
    const decision = now.get(ami);
    if (!decision) amis.set(ami, { parts: [] });
    if (!decision) return [];
    const { candidate, keep } = decision;
    if (keep.length === 0) return removalOf(candidate) ?? [];
    amis.set(ami, { parts: [], why: `it stays: ${keep.map(({ said }) => said).join('; ')}` });
    return [];
  });
  const begun = unfinished.value.removals.filter((one) => left.some(({ ami }) => ami === one.ami));
  const done = await remove(
    {
      region,
      removals: [...going, ...begun],
      buckets: unfinished.value.buckets,
    },
    { account, records },
    world,
  );
  for (const { removal, parts } of done.removals) {
    if (!begun.includes(removal)) amis.set(removal.ami, { parts });
  }
  return {
    amis,
    leftovers: [...left.map((one) => outcomeOf(one, done.removals)), ...tidied(region, done.buckets)],
    standing: await stillShown(
      region,
      going.map(({ ami }) => ami),
      world,
    ),
  };
}

const nothing: CleanedRegion = { amis: new Map(), leftovers: [], standing: new Set() };

/** Where it could not be looked at again. */
const unchanged = (plan: CleanupPlan, region: string, why: string): CleanedRegion => ({
  amis: new Map(
    toDelete(plan)
      .filter((one) => one.region === region)
      .map(({ ami }) => [ami, { parts: [], why: `${region} could not be looked at again: ${why}` }]),
  ),
  leftovers: plan.leftovers
    .filter((one) => one.region === region)
    .map((one) => ({ ...one, outcome: 'remains', why })),
  standing: new Set(),
});

function outcomeOf(
  left: PlannedLeftover,
  outcomes: readonly RemovalOutcome[],
): PlannedLeftover & CleanedPart {
  const of = outcomes.find(({ removal }) => removal.ami === left.ami);
  const part = of?.parts.find(({ kind, id }) => kind === left.kind && id === left.id);
  const own = of?.parts.find(({ kind }) => kind === 'AMI');
  const found = part ?? own;
  if (!found) return { ...left, outcome: 'removed', why: 'it was gone already' };
  const { outcome, why } = cleanedPart(found);
  return { ...left, outcome, ...(why === undefined ? {} : { why }) };
}

const tidied = (region: string, buckets: readonly Part[]): (PlannedLeftover & CleanedPart)[] =>
  buckets.map((part) => ({ ...cleanedPart(part), region }));

const betweenLooks = 1_000;
const looksAtMost = 30;

/** Those that EC2 goes on to show; it may do so for seconds. A look that fails shows all. */
async function stillShown(region: string, ids: readonly string[], world: World): Promise<Set<string>> {
  let shown = new Set(ids);
  for (let look = 1; shown.size > 0; look++) {
    const seen = await findImages(world.clients, region, { owner: 'self', ids: [...shown] });
    if (seen.ok) {
      shown = new Set(seen.value.flatMap(({ id, state }) => (state === 'deregistered' ? [] : [id])));
    }
    if (shown.size === 0 || look === looksAtMost || world.stop.aborted) break;
    await world.clock.sleep(betweenLooks, world.stop);
  }
  return shown;
}
