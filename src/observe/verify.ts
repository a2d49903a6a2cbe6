import type { World } from '../aws/context.ts';
import { poll } from '../lib/poll.ts';
import type { EventSink } from '../model/events.ts';
import type { Plan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import type { Standing } from '../model/status.ts';
import { observe } from './observe.ts';
import { type ChangeOfPermission, permissionsToChange } from './permission-changes.ts';
import { standing } from './status.ts';

export interface Verdict {
  target: Target;
  sighting: Sighting;
  standing: Standing;
}

/** EBS finishes a large snapshot long after its AMI is available. What need not exist holds the rest up for less. Milliseconds. */
const snapshotLimit = ({ required }: Target) => (required ? 2 * 60 : 15) * 60_000;

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
  const { clock, emit, stop } = world;
  const began = clock.now();
  const look = async () => {
    const sightings = await observe(plan, targets, world);
    const verdicts = sightings.map((sighting) => ({
      target: sighting.target,
      sighting,
      standing: standing(sighting.target, sighting, plan.sharing, clock.now()),
    }));
    const waited = clock.now() - began;
    const waiting = verdicts.filter(
      ({ target, standing: now }) => now.is === 'built' && !now.adopt && waited < snapshotLimit(target),
    );
    return { verdicts, waiting };
  };
  const limit = patience === 'one look' ? { tries: 1 } : { within: Math.max(...targets.map(snapshotLimit)) };
  const { verdicts } = await poll(
    { clock, every: 5_000, stop, ...limit },
    look,
    ({ waiting }) => waiting.length === 0,
    ({ waiting }) => {
      for (const { target } of waiting)
        emit({ type: 'waiting', target: target.name, for: 'its snapshots to be completed' });
    },
  );
  return verdicts;
}

/** Tell of those that were not verified before, and are now. */
export function tellVerified(before: readonly Verdict[], now: readonly Verdict[], emit: EventSink): void {
  const known = new Set(
    before.flatMap(({ target, standing: was }) => (isVerified(was) ? [target.name] : [])),
  );
  for (const { target, standing: is } of now) {
    if (known.has(target.name) || !isVerified(is) || !('ami' in is)) continue;
    emit({ type: 'verified', target: target.name, ami: is.ami.id });
  }
}

/** The verdicts of some of the plan's targets. */
export const ofTargets = (verdicts: readonly Verdict[], targets: readonly Target[]): Verdict[] =>
  verdicts.filter(({ target }) => targets.some(({ name }) => name === target.name));

export const isVerified = ({ is }: Pick<Standing, 'is'>): boolean => is === 'verified' || is === 'shared';

/** Whether nothing is left to do for a target: verified, shared with exactly whom the plan says, nothing left behind. */
export function isComplete(verdict: Verdict, plan: Plan): boolean {
  const { leftovers } = verdict.sighting;
  return leftovers.ok && leftovers.value.length === 0 && agrees(verdict, plan);
}

/** Whether a target is verified, and AWS shows exactly the permissions that the plan says. */
export const agrees = (verdict: Verdict, plan: Plan): boolean =>
  isVerified(verdict.standing) && openPermissions(verdict, plan)?.length === 0;

/** The permissions that are not as the plan says; undefined where they could not be looked at. */
export function openPermissions(
  { sighting: { images } }: Verdict,
  { sharing }: Plan,
): ChangeOfPermission[] | undefined {
  if (!images.ok) return undefined;
  const changes = images.value.map(({ ami, details }) =>
    details?.ok ? permissionsToChange(ami, details.value, sharing) : undefined,
  );
  return changes.includes(undefined) ? undefined : changes.flatMap((some = []) => some);
}
