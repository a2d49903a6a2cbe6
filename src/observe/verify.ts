import type { Context } from '../aws/context.ts';
import { poll } from '../lib/poll.ts';
import type { EventSink } from '../model/events.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import type { Status } from '../model/status.ts';
import { lookAgain, type SeenSince } from './look-again.ts';
import { type ChangeOfPermission, permissionsToChange } from './permission-changes.ts';
import { statusOf } from './status.ts';

/** A deprecation date is visible everywhere after this time. Milliseconds. */
const deprecationLimit = 120_000;

const limitOf = (target: Target, { deprecateAt }: Extract<Status, { is: 'built' }>): number =>
  deprecateAt === undefined ? snapshotLimit(target) : deprecationLimit;

export interface Verdict {
  target: Target;
  sighting: Sighting;
  status: Status;
}

/**
 * EBS finishes a large snapshot long after its AMI is available. Best-effort targets get less time, so that they do not delay
 * the rest. Milliseconds.
 */
const snapshotLimit = ({ required }: Target) => (required ? 2 * 60 : 15) * 60_000;

/**
 * Checks everything that is expected of the targets' AMIs: state, kind, tags, snapshots, permissions. Waits for snapshots to
 * complete, except with `one look`. Changes nothing.
 *
 * @param seen what this run has learned since its last change, so that it is not looked up twice.
 */
export async function verify(
  plan: ReleasePlan,
  targets: readonly Target[],
  context: Context,
  patience: 'one look' | 'until settled' = 'until settled',
  seen: SeenSince = { sightings: [], made: new Set() },
): Promise<Verdict[]> {
  const { clock, emit, stop } = context;
  const began = clock.now();
  const lookup = async () => {
    const sightings = await lookAgain(plan, targets, seen, context);
    const verdicts = sightings.map((sighting) => ({
      target: sighting.target,
      sighting,
      status: statusOf(sighting.target, sighting, plan.sharing, clock.now(), context.timeouts),
    }));
    const waited = clock.now() - began;
    const waiting = verdicts.filter(
      ({ target, status: now }) => now.is === 'built' && !now.adopt && waited < limitOf(target, now),
    );
    return { verdicts, waiting };
  };
  const limit = patience === 'one look' ? { tries: 1 } : { within: Math.max(...targets.map(snapshotLimit)) };
  const { verdicts } = await poll(
    { clock, every: 5_000, stop, ...limit },
    lookup,
    ({ waiting }) => waiting.length === 0,
    ({ waiting }) => {
      for (const { target } of waiting)
        emit({ type: 'waiting', target: target.name, for: 'its snapshots to be completed' });
    },
  );
  return verdicts;
}

/** Emits an event for each newly verified target. */
export function emitVerified(before: readonly Verdict[], now: readonly Verdict[], emit: EventSink): void {
  const known = new Set(before.flatMap(({ target, status: was }) => (isVerified(was) ? [target.name] : [])));
  for (const { target, status: is } of now) {
    if (known.has(target.name) || !isVerified(is)) continue;
    emit({ type: 'verified', target: target.name, ami: is.ami.id });
  }
}

/** The verdicts of these targets only. */
export const ofTargets = (verdicts: readonly Verdict[], targets: readonly Target[]): Verdict[] =>
  verdicts.filter(({ target }) => targets.some(({ name }) => name === target.name));

export const isVerified = <S extends Pick<Status, 'is'>>(
  status: S,
): status is Extract<S, { is: 'verified' | 'shared' }> => status.is === 'verified' || status.is === 'shared';

/** Whether a target is done: verified, shared exactly as planned, no leftovers. */
export function isComplete(verdict: Verdict, plan: ReleasePlan): boolean {
  const { leftovers } = verdict.sighting;
  return leftovers.ok && leftovers.value.length === 0 && agrees(verdict, plan);
}

/** Whether a target is verified and AWS shows exactly the planned permissions. */
export const agrees = (verdict: Verdict, plan: ReleasePlan): boolean =>
  isVerified(verdict.status) && openPermissions(verdict, plan)?.length === 0;

/** The permissions that differ from the plan; undefined if their lookup failed or none was made. */
export function openPermissions(
  { sighting: { images } }: Verdict,
  { sharing }: ReleasePlan,
): ChangeOfPermission[] | undefined {
  if (!images.ok) return undefined;
  const changes = images.value.map(({ ami, details }) =>
    details?.ok && !details.value.asMade ? permissionsToChange(ami, details.value, sharing) : undefined,
  );
  return changes.includes(undefined) ? undefined : changes.flatMap((some = []) => some);
}
