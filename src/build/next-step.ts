import type { BuildFailure } from '../model/builds.ts';
import type { Status } from '../model/status.ts';

/** The next step for a target to build. */
export type Step =
  | 'clear' // remove what builds left behind
  | 'wait' // for Packer, here or elsewhere, or for EC2
  | 'adopt' // write the tags that Packer was killed before writing, or the deprecation date that a copy lacks
  | 'attempt' // run Packer, or start a copy
  | 'done'; // built, or nothing more may be done

export interface Progress {
  /** Attempts this run has made: Packer processes, or copies. */
  attempts: number;
  /** Of these, those that do not count. */
  throttled: number;
  attemptsAtMost: number;
  /** Why the last attempt failed; absent if there was none. */
  failure?: BuildFailure;
  /** The user asked to stop. */
  stopping: boolean;
  /** Another target failed, so no build starts any more. Running builds are still waited for. */
  startsNothing: boolean;
}

/**
 * An unknown status ends the target's steps: its lookup was already repeated for minutes (`src/aws/repeat-calls.ts`). A failed
 * build is retried only for errors that AWS calls transient; a provisioner would fail again. Leftovers are removed even when
 * stopping: a clean stop leaves none. Pure.
 */
export function nextStep(status: Status, hasLeftovers: boolean, progress: Progress): Step {
  switch (status.is) {
    case 'unknown':
    case 'conflict':
      return 'done';
    case 'building':
    case 'pending':
      return progress.stopping ? 'done' : 'wait';
    case 'failed':
      return 'clear';
    case 'absent':
      return mayAttempt(progress) ? 'attempt' : 'done';
    case 'built':
      // Before clearing: the builder shows that the AMI is ours.
      if (status.adopt || status.deprecateAt !== undefined) return 'adopt';
      return hasLeftovers ? 'clear' : 'done';
    default:
      return hasLeftovers ? 'clear' : 'done';
  }
}

/** The attempts that count for the limit. Pure. */
export const countedAttempts = ({ attempts, throttled }: Pick<Progress, 'attempts' | 'throttled'>): number =>
  attempts - throttled;

function mayAttempt(progress: Progress): boolean {
  const { stopping, startsNothing, attemptsAtMost, failure } = progress;
  if (stopping || startsNothing || countedAttempts(progress) >= attemptsAtMost) return false;
  return failure === undefined || failure.kind === 'transient';
}
