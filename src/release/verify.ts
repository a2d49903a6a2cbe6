import type { Plan, Target } from '../plan/plan.ts';
import { observe } from './observe.ts';
import { permissionsToChange } from './permissions.ts';
import type { Sighting } from './sighting.ts';
import { type Standing, standing } from './standing.ts';
import type { World } from './world.ts';

export interface Verdict {
  target: Target;
  sighting: Sighting;
  standing: Standing;
}

/** EBS finishes a large snapshot long after its AMI is available. Milliseconds. */
const snapshotLimit = 2 * 60 * 60_000;
const betweenLooks = 5_000;

/**
 * Look at everything that is expected of the targets' AMIs: state, kind, tags, snapshots, permissions. Unless it
 * is to be one look only, a snapshot that is not completed is waited for. Nothing is changed.
 */
export async function verify(
  plan: Plan,
  targets: readonly Target[],
  world: World,
  patience: 'one look' | 'until settled' = 'until settled',
): Promise<Verdict[]> {
  const until = world.clock.now() + (patience === 'one look' ? 0 : snapshotLimit);
  for (;;) {
    const sightings = await observe(plan, targets, world);
    const verdicts = sightings.map((sighting) => ({
      target: sighting.target,
      sighting,
      standing: standing(sighting.target, sighting, plan.sharing, world.clock.now()),
    }));
    const waiting = verdicts.filter(({ standing: now }) => now.is === 'built' && !now.adopt);
    if (waiting.length === 0 || world.stop.aborted || world.clock.now() >= until) return verdicts;
    for (const { target } of waiting) {
      world.emit({ type: 'waiting', target: target.name, for: 'its snapshots to be completed' });
    }
    await world.clock.sleep(betweenLooks, world.stop);
  }
}

/** The verdicts of some of the plan's targets. */
export const ofTargets = (verdicts: readonly Verdict[], targets: readonly Target[]): Verdict[] =>
  verdicts.filter(({ target }) => targets.some(({ name }) => name === target.name));

export const isVerified = ({ is }: Standing): boolean => is === 'verified' || is === 'shared';

/** Whether nothing is left to do for a target: verified, shared with exactly whom the plan says, nothing left behind. */
export function isComplete({ sighting, standing: now }: Verdict, plan: Plan): boolean {
  const { images, leftovers } = sighting;
  if (!isVerified(now) || !images.ok || !leftovers.ok || leftovers.value.length > 0) return false;
  return images.value.every(
    ({ ami, details }) => details?.ok && permissionsToChange(ami, details.value, plan.sharing).length === 0,
  );
}
