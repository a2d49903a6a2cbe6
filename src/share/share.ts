import pLimit, { type LimitFunction } from 'p-limit';
import { saysNotFound } from '../aws/ask.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { changeLaunchPermission } from '../aws/images.ts';
import { changeCreateVolumePermission } from '../aws/snapshots.ts';
import { poll } from '../lib/poll.ts';
import type { LookupError } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { type ChangeOfPermission, notShared, permissionsToChange } from '../observe/permission-changes.ts';
import type { Verdict } from '../observe/verify.ts';

export interface ShareFailure {
  target: string;
  id: string;
  error: LookupError;
}

/** Concurrent permission calls in one region. Regions run in parallel, since each has its own request limits. */
const callsAtOnce = 8;

type Change = ChangeOfPermission & { target: Pick<Target, 'name' | 'region' | 'required'> };

/**
 * Sets the permissions of verified AMIs as configured (launchPermission of AMIs, createVolumePermission of snapshots): adds
 * missing entries and removes others. All snapshots come before the first AMI, so that nobody sees an AMI that cannot be
 * copied. If a snapshot of a required target fails, no AMI is changed; if a snapshot of a best-effort target fails, only that
 * target's AMI is left unchanged. No call starts after the user asked to stop. The caller verifies afterwards: a successful
 * answer is only a hint.
 */
export async function share(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  context: Context,
): Promise<ShareFailure[]> {
  const changes = verdicts.flatMap(({ target, sighting: { images } }) =>
    (images.ok ? images.value : []).flatMap(({ ami, details }) =>
      details?.ok
        ? permissionsToChange(ami, details.value, plan.sharing).map((change) => ({ target, ...change }))
        : [],
    ),
  );
  warnOfNotShared(plan, verdicts, changes, context);
  return changePermissions(changes, context, plan.sharing);
}

/**
 * Changes permissions, as `share` does.
 *
 * @param told who may use the AMIs afterwards, for one event per AMI; no events if absent.
 */
export async function changePermissions(
  changes: readonly Change[],
  context: Context,
  told?: ReleasePlan['sharing'],
): Promise<ShareFailure[]> {
  const inRegion = limitsOf(changes);
  const make = (kind: Change['kind'], some: readonly Change[]) =>
    Promise.all(
      some
        .filter((change) => change.kind === kind)
        .map((change) => inRegion(change.target.region)(() => apply(change, told, context))),
    );
  const snapshots = (await make('snapshot', changes)).flat();
  const failed = new Set(snapshots.map(({ target }) => target));
  const others = changes.filter(({ kind, target }) => kind === 'AMI' && !failed.has(target.name));
  const required = changes.find(({ target }) => target.required && failed.has(target.name));
  if (required) return [...snapshots, ...others.map((change) => heldBack(change, required.target))];
  const amis = await make('AMI', others);
  return [...snapshots, ...amis.flat()];
}

/** Warns once about snapshots that are not ours to share when the AMI that uses them is shared. */
function warnOfNotShared(
  { sharing }: ReleasePlan,
  verdicts: readonly Verdict[],
  changes: readonly Change[],
  { emit }: Context,
): void {
  for (const { target, sighting } of verdicts) {
    if (!changes.some((change) => change.target.name === target.name) || !sighting.images.ok) continue;
    for (const { ami, details } of sighting.images.value) {
      for (const id of details?.ok ? notShared(ami, details.value, sharing) : []) {
        const text = `${target.name}: ${id} is in the block device mapping of ${ami.id} but was not created with it: its permissions are not changed, and copying the AMI needs it`;
        emit({ type: 'warning', text, target: target.name });
      }
    }
  }
}

const heldBack = ({ target, id }: Change, because: Change['target']): ShareFailure => ({
  target: target.name,
  id,
  error: {
    code: 'HeldBack',
    message: `not changed, since a snapshot of ${because.name} could not be shared`,
    operation: 'ec2:ModifyImageAttribute',
    region: target.region,
  },
});

function limitsOf(changes: readonly Change[]): (region: string) => LimitFunction {
  const limits = new Map(changes.map(({ target }) => [target.region, pLimit(callsAtOnce)]));
  return (region) => limits.get(region) ?? pLimit(1);
}

async function apply(
  { kind, target, id, change }: Change,
  told: ReleasePlan['sharing'] | undefined,
  context: Context,
): Promise<ShareFailure[]> {
  const { clients, clock, emit, stop } = context;
  if (stop.aborted) return [];
  const by = kind === 'AMI' ? changeLaunchPermission : changeCreateVolumePermission;
  // The AMI was just verified, so it exists: "not found" comes from a lagging replica of EC2.
  const done = await poll(
    { clock, every: consistencyPause(context, 1_000), tries: 10, stop },
    () => by(clients, target.region, id, change),
    (answer) => answer.ok || !saysNotFound(answer.error.code),
  );
  if (!done.ok) return [{ target: target.name, id, error: done.error }];
  if (kind === 'AMI' && told) {
    const { public: everybody, accounts, organizations } = told;
    emit({ type: 'shared', target: target.name, ami: id, public: everybody, accounts, organizations });
  }
  return [];
}
