import type { RefusalCode } from '../lib/refusal-codes.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';

/**
 * What a check found. `warning`: does not block the run. `refused`: AWS or Packer would refuse it later. `unknown`: the
 * lookup failed. `not-checked`: it cannot be known beforehand, `found` says why. Neither of the last two is a yes.
 */
export type Finding = Place &
  (
    | { is: 'ok' }
    /** `buildsAtOnce`: how many builds fit in its region at a time. */
    | ({ is: 'warning'; buildsAtOnce?: number } & Difference)
    | ({ is: 'not-checked' } & Difference)
    | ({ is: 'unknown'; failedCall: LookupError } & Difference)
    /** `code`: of the refusal. */
    | ({ is: 'refused'; code: RefusalCode } & Difference)
  );

interface Difference {
  expected: string;
  found: string;
  /** What to do about it: a sentence, with the command to run. */
  todo: string;
  /** The command in `todo`, on its own. */
  command?: string;
}

export interface Place {
  check: string;
  /** Absent where it is no matter of one region. */
  region?: string;
  /** In the config, with its file: `configs/web.json: images[0].builder.instance_type`. Absent if the config does not set it. */
  place?: string;
  /** Names of the targets that it is about; absent: all of the region, or of the release. */
  targets?: string[];
  /** What it blocks: building, or sharing what was built. */
  stops: 'building' | 'sharing';
}

export type Trouble = Exclude<Finding, { is: 'ok' }>;

export type Refused = Extract<Finding, { is: 'refused' }>;

export const isTrouble = (finding: Finding): finding is Trouble => finding.is !== 'ok';

/** Whether a finding is about a target. */
export const concerns = ({ region, targets }: Place, target: Pick<Target, 'name' | 'region'>): boolean =>
  targets ? targets.includes(target.name) : region === undefined || region === target.region;

/** A lookup that failed; in a rehearsal, what the sandbox does not have cannot be known. */
export function notKnown(place: Place, expected: string, error: LookupError): Finding {
  const found = `${error.operation}: ${error.code}: ${error.message}`;
  if (error.code === 'NotImplementedBySandbox') {
    return { ...place, is: 'not-checked', expected, found, todo: 'On AWS this is checked' };
  }
  return {
    ...place,
    is: 'unknown',
    expected,
    found,
    todo: `Allow ${error.operation}, or try again`,
    failedCall: error,
  };
}
