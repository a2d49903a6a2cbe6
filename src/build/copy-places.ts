import pLimit from 'p-limit';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findSnapshotCopies, snapshotCopiesAllowed, usualSnapshotCopies } from '../aws/copies.ts';
import { failedLookup, type Lookup } from '../model/lookup.ts';

/** Starts copies as EC2's quota of snapshot copies allows it, in each region in the order in which they are asked for. */
export interface CopyPlaces {
  /**
   * Starts a copy of so many snapshots to a region once there is room for them.
   *
   * @param waiting called before each wait for a place.
   * @returns undefined where the user asked to stop, or nothing is started any more.
   */
  start(
    order: { region: string; snapshots: number },
    begin: () => Promise<Lookup<string>>,
    waiting: () => void,
  ): Promise<Lookup<string> | undefined>;
}

/** Milliseconds between two looks at a region without room. */
const betweenLooks = 10_000;

/** What was just started may not be shown yet, for so long at most. Milliseconds. */
const shownAfter = 10_000;

/** EC2 refuses a copy though none is under way: it is not the quota of copies, after so many looks in a row. */
const refusalsAtMost = 3;

/**
 * EC2 counts snapshots, not AMIs, and those that anybody copies to the region with this account: so it is asked what is being copied.
 * A refusal that comes all the same, since another one was faster, means to wait.
 *
 * @param startsNothing whether nothing new is started any more.
 */
export function copyPlaces(context: Context, startsNothing: () => boolean): CopyPlaces {
  const regions = new Map<string, ReturnType<typeof placesIn>>();
  return {
    start({ region, snapshots }, begin, waiting) {
      const places = regions.get(region) ?? placesIn(region, startsNothing, context);
      regions.set(region, places);
      return places(snapshots, begin, waiting);
    },
  };
}

function placesIn(region: string, startsNothing: () => boolean, context: Context) {
  const { clients, clock, stop } = context;
  const inOrder = pLimit(1);
  /** Copies that EC2 may not show yet. */
  let started: { ami: string; snapshots: number; at: number }[] = [];
  let allowed = usualSnapshotCopies;
  let asked = false;

  /** Snapshots that are being copied to the region. */
  const underWay = async (): Promise<Lookup<number>> => {
    const found = await findSnapshotCopies(clients, region);
    if (!found.ok) return found;
    const shown = new Set(found.value.map((one) => one.for));
    const since = clock.now() - consistencyPause(context, shownAfter);
    started = started.filter(({ ami, at }) => at > since && !shown.has(ami));
    return {
      ok: true,
      value: found.value.length + started.reduce((sum, { snapshots }) => sum + snapshots, 0),
    };
  };

  const hasRoom = async (copies: number, more: number): Promise<boolean> => {
    if (copies === 0 || copies + more <= allowed) return true;
    // It is the default but for the few accounts for which AWS raised it.
    if (!asked) allowed = await snapshotCopiesAllowed(clients, region);
    asked = true;
    return copies + more <= allowed;
  };

  return (snapshots: number, begin: () => Promise<Lookup<string>>, waiting: () => void) =>
    inOrder(async (): Promise<Lookup<string> | undefined> => {
      let refusals = 0;
      for (;;) {
        if (stop.aborted || startsNothing()) return undefined;
        const copies = await underWay();
        if (!copies.ok) return copies;
        if (await hasRoom(copies.value, snapshots)) {
          const begun = await begin();
          if (begun.ok) started.push({ ami: begun.value, snapshots, at: clock.now() });
          if (begun.ok || begun.error.code !== 'ResourceLimitExceeded') return begun;
          refusals = copies.value === 0 ? refusals + 1 : 0;
          if (refusals >= refusalsAtMost) return failedLookup({ ...begun.error, code: 'CopyQuota' });
        }
        waiting();
        await clock.sleep(betweenLooks, stop);
      }
    });
}
