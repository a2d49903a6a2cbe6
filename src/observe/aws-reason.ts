import { hasFailed } from '../aws/ami-states.ts';
import { redact } from '../lib/redact.ts';
import { isTransientReason } from '../lib/transient-errors.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { BuildFailure } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { isBuiltOrOwnCopy } from '../model/own-copy.ts';
import type { Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { AwsReason, SeenAmi } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Packer stops and terminates its builder itself, so this is not a failure (StateReason, Amazon EC2 API Reference). */
const byUser = /^Client\.UserInitiated/;

/** Whether this is a failed AMI of this target. Pure. */
export function isFailedOf(target: Target, { ami, adopt, belongsTo }: SeenAmi): boolean {
  if (belongsTo !== undefined || !isBuiltOrOwnCopy(ami)) return false;
  return hasFailed(ami) && (adopt ?? ami.tags)[tagKeys.target] === target.name;
}

/** AWS's reasons why resources of a target failed, most specific first. Pure. */
export function awsReasons(
  target: Target,
  images: readonly SeenAmi[],
  instances: readonly Instance[],
  brokenSnapshots: readonly Snapshot[],
): AwsReason[] {
  const ofTarget = ({ tags }: { tags: Record<string, string> }) => tags[tagKeys.target] === target.name;
  return [
    ...images
      .filter((seen) => isFailedOf(target, seen))
      .flatMap(({ ami: { id, state, stateReason } }) => reason('AMI', id, state, stateReason)),
    ...brokenSnapshots
      .filter(ofTarget)
      .flatMap(({ id, state, stateMessage }) => reason('snapshot', id, state, stateMessage)),
    ...instances
      .filter((one) => ofTarget(one) && one.state !== 'pending' && one.state !== 'running')
      .flatMap(({ id, state, stateReason, tags }) => {
        const attempt = parseAttemptTag(tags[tagKeys.attempt] ?? '')?.id;
        return reason('instance', id, state, stateReason, attempt);
      }),
  ];
}

function reason(
  kind: AwsReason['kind'],
  id: string,
  state: string,
  why: string | undefined,
  attempt?: string,
): AwsReason[] {
  if (why === undefined || byUser.test(why)) return [];
  return [{ kind, id, state, why, ...(attempt === undefined ? {} : { attempt }) }];
}

/**
 * Adds AWS's reason to the failure of an attempt, if AWS gives one for a resource of that attempt. Packer 1.6.6 prints the
 * reason; current Packer prints memory addresses instead. If AWS says to retry, the attempt is retried, whatever Packer was
 * doing. EC2 shows instances of earlier attempts for about an hour; their reasons are ignored. Pure.
 */
export function withAwsReason(
  failure: BuildFailure,
  reasons: readonly AwsReason[],
  attempt: string,
): BuildFailure {
  if (failure.kind === 'stopped') return failure;
  const own = reasons.find((one) => one.kind !== 'instance' || one.attempt === attempt);
  if (own === undefined) return failure;
  const kind = failure.kind !== 'timeout' && isTransientReason(own.why) ? 'transient' : failure.kind;
  return { ...failure, kind, message: withWords(failure.message, own) };
}

function withWords(message: string, { kind, id, state, why }: AwsReason): string {
  const words = redact(why);
  if (message.includes(words)) return message;
  return `${message.replace(/[\s.:]+$/, '')}. AWS's reason for ${kind} ${id} (${state}): ${words}`;
}
