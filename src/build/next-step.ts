import type { BuildFailure } from '../model/builds.ts';
import type { Status } from '../model/status.ts';

/** What is to be done next for a target that should be built. */
export type Step =
  | 'clear' // remove what builds left behind
  | 'wait' // Packer, here or elsewhere, is at work, or EC2 is
  | 'adopt' // write the tags that Packer did not live to write
  | 'attempt' // run Packer
  | 'done'; // built, or nothing more that may be done

export interface Progress {
  /** Attempts that this run made. */
  attempts: number;
  attemptsAtMost: number;
  /** Why the last one failed; absent where none was made. */
  failure?: BuildFailure;
  /** The user asked to stop. */
  stopping: boolean;
  /** Another target failed, and no build is to be started after that. What runs is still waited for. */
  startsNothing: boolean;
}

/**
 * Pure. A failed build is tried again only for what AWS calls transient; a provisioner would fail again. What was
 * left behind is cleared away even when stopping: that is what stopping cleanly means.
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
      // Before clearing: it is the builder that shows whose the AMI is.
      if (status.adopt) return 'adopt';
      return hasLeftovers ? 'clear' : 'done';
    default:
      return hasLeftovers ? 'clear' : 'done';
  }
}

function mayAttempt({ stopping, startsNothing, attempts, attemptsAtMost, failure }: Progress): boolean {
  if (stopping || startsNothing || attempts >= attemptsAtMost) return false;
  return failure === undefined || failure.kind === 'transient';
}
