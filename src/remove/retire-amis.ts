import pLimit from 'p-limit';
import { writeTags } from '../aws/build-resources.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import { disableImage } from '../aws/image-lifecycle.ts';
import { findImages } from '../aws/images.ts';
import { dateWords } from '../lib/days.ts';
import { poll } from '../lib/poll.ts';
import { retiredBy } from '../model/lifecycle-tags.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { type AmiOutcome, failed, kept, type Postponed, type Removal, remains } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { type RegionBefore, type RemovalContext, revoke, sharesOf, snapshotsToRemove } from './remove-ami.ts';
import { lookUpBefore } from './remove-amis.ts';

/** AMIs in progress at once in one region. */
const atOnce = 4;

export interface RetireOptions {
  /** Whether to keep an AMI if others may by now use it or its snapshots. */
  sharedStays: boolean;
  /** Milliseconds after which a later run may delete it. */
  retireFor: number;
}

/**
 * Retires AMIs of one region: tags them with the time (`gopackgo:retired`), so that nothing shares or promotes them, revokes
 * the permissions of their snapshots, disables them, which drops their launch permissions ("Disable an AMI", Amazon EC2 User
 * Guide), and looks again. Nothing is deleted. An AMI that a killed run only tagged is retired again. After `context.stop` no
 * AMI is started.
 *
 * @returns the outcome of each AMI; an AMI without one was not started.
 */
export async function retireAmis(
  region: string,
  removals: readonly Removal[],
  { sharedStays, retireFor }: RetireOptions,
  context: RemovalContext,
): Promise<Map<string, AmiOutcome>> {
  const outcomes = new Map<string, AmiOutcome>();
  if (removals.length === 0 || context.stop.aborted) return outcomes;
  // Bundles in S3 are private, so there is nothing to revoke.
  const ofEc2 = removals.map(({ location: _, ...removal }) => removal);
  const before = await lookUpBefore(region, ofEc2, {}, context);
  const at = context.clock.now();
  const limit = pLimit(atOnce);
  await Promise.all(
    ofEc2.map((removal) =>
      limit(async () => {
        if (context.stop.aborted) return;
        const done = before.ok
          ? await retireOne(removal, before.value, { at, sharedStays }, context)
          : failed(before.error);
        outcomes.set(removal.ami, {
          ...(done ?? retired(at + retireFor, context.command('cleanup', removal.release, '--restore'))),
          parts: [],
        });
      }),
    ),
  );
  const asked = [...outcomes].flatMap(([id, { outcome }]) => (outcome === 'retired' ? id : []));
  for (const id of await notSeen(region, asked, context))
    outcomes.set(id, { ...remains('AWS accepted the change, but does not show it yet'), parts: [] });
  return outcomes;
}

const retired = (until: number, restore: string): Postponed => ({
  outcome: 'retired',
  why: `private and disabled; a cleanup after ${dateWords(until)} can delete it, ${restore} brings it back`,
});

/** @returns why it is not retired; undefined if it is. */
async function retireOne(
  removal: Removal,
  before: RegionBefore,
  { at, sharedStays }: { at: number; sharedStays: boolean },
  context: RemovalContext,
) {
  const { clients } = context;
  const { ami, region } = removal;
  const shares = await sharesOf(removal, snapshotsToRemove(removal, before), before, context);
  if (!shares.ok) return failed(shares.error);
  if (sharedStays && shares.value.length > 0) return kept('it was shared after the plan was made');
  const steps: (() => Promise<Lookup<unknown>>)[] = [
    () => writeTags(clients, region, [ami], { [tagKeys.retired]: new Date(at).toISOString() }),
    () => revoke(shares.value.filter(({ of }) => of === 'snapshot')),
    () => disableImage(clients, region, ami),
  ];
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return failed(done.error);
  }
  return undefined;
}

/** AMIs that EC2 does not show as retired; it may show the old state for seconds. */
async function notSeen(region: string, ids: string[], context: RemovalContext): Promise<string[]> {
  if (ids.length === 0) return [];
  const { clients, clock, stop } = context;
  let open = ids;
  const look = async () => {
    const found = await findImages(clients, region, { owner: 'self', ids: open });
    if (!found.ok) return found;
    const done = found.value.filter(({ state, tags }) => state === 'disabled' && retiredBy(tags));
    open = open.filter((id) => !done.some((ami) => ami.id === id));
    return okLookup(undefined);
  };
  const every = consistencyPause(context, 1_000);
  await poll({ clock, every, tries: 30, stop }, look, () => open.length === 0);
  return open;
}
