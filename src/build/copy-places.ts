import pLimit from 'p-limit';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findSnapshotCopies, snapshotCopiesAllowed, usualSnapshotCopies } from '../aws/copies.ts';
import { failedLookup, type Lookup } from '../model/lookup.ts';

/** Starts copies within EC2's quota of snapshot copies, in each region in the order they were requested. */
export interface CopyPlaces {
  /**
   * Starts a copy of this many snapshots to a region once the quota has room for them.
   *
   * @param waiting called before each wait.
   * @returns undefined if the user asked to stop, or nothing new is started any more.
   */
  start(
    order: { region: string; snapshots: number },
    begin: () => Promise<Lookup<string>>,
    waiting: () => void,
  ): Promise<Lookup<string> | undefined>;
}

/** Milliseconds between two lookups in a full region. */
const betweenLooks = 10_000;

/** EC2 may take up to this long to show a copy that was just started. Milliseconds. */
const shownAfter = 10_000;

/** If EC2 refuses a copy this many times in a row while no copy is in progress, the quota of copies is not the reason. */
const refusalsAtMost = 3;

/**
 * EC2 counts snapshots, not AMIs, and counts every copy to the region by this account. So the copies in progress are looked up
 * first. If EC2 refuses a copy anyway, because someone else was faster, the copy waits.
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
    // This is the default quota, except in the few accounts for which AWS has raised it.
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
