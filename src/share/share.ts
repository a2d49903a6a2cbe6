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

/** Permission calls at once in one region. Regions go side by side: each has rates of its own. */
const callsAtOnce = 8;

type Change = ChangeOfPermission & { target: Target };

/**
 * Make the permissions of verified AMIs what the config says: who is missing is added, who should not be there is
 * removed. All snapshots come before the first AMI, so that nobody sees an AMI that cannot be copied. Where a snapshot of
 * a required target fails, nothing is done to any AMI; where one of another target does, nothing to that target's. No call
 * begins once the user asked to stop. The caller looks again afterwards: an answer of "done" is a hint.
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
  const inRegion = limitsOf(changes);
  const make = (kind: Change['kind'], some: readonly Change[]) =>
    Promise.all(
      some
        .filter((change) => change.kind === kind)
        .map((change) => inRegion(change.target.region)(() => apply(change, plan, context))),
    );
  const snapshots = (await make('snapshot', changes)).flat();
  const failed = new Set(snapshots.map(({ target }) => target));
  const others = changes.filter(({ kind, target }) => kind === 'AMI' && !failed.has(target.name));
  const required = changes.find(({ target }) => target.required && failed.has(target.name));
  if (required) return [...snapshots, ...others.map((change) => heldBack(change, required.target))];
  const amis = await make('AMI', others);
  return [...snapshots, ...amis.flat()];
}

/** What is not ours to share is said once, when the AMI that names it is shared. */
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
        const text = `${target.name}: ${id} was not made with ${ami.id}, whose block devices name it: its permissions stay as they are, and whoever copies the AMI needs it`;
        emit({ type: 'warning', text, target: target.name });
      }
    }
  }
}

const heldBack = ({ target, id }: Change, because: Target): ShareFailure => ({
  target: target.name,
  id,
  error: {
    code: 'HeldBack',
    message: `it is left as it is, since a snapshot of ${because.name} could not be shared`,
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
  { sharing }: ReleasePlan,
  context: Context,
): Promise<ShareFailure[]> {
  const { clients, clock, emit, stop } = context;
  if (stop.aborted) return [];
  const by = kind === 'AMI' ? changeLaunchPermission : changeCreateVolumePermission;
  // What was verified a moment ago is there: a part of EC2 that does not know it yet is asked again.
  const done = await poll(
    { clock, every: consistencyPause(context, 1_000), tries: 10, stop },
    () => by(clients, target.region, id, change),
    (answer) => answer.ok || !saysNotFound(answer.error.code),
  );
  if (!done.ok) return [{ target: target.name, id, error: done.error }];
  if (kind === 'AMI') {
    const { public: everybody, accounts, organizations } = sharing;
    emit({ type: 'shared', target: target.name, ami: id, public: everybody, accounts, organizations });
  }
  return [];
}
