import type { RefusalCode } from '../lib/refusal-codes.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';

/**
 * The result of a check. `warning`: does not block the run. `refused`: AWS or Packer would refuse it later. `unknown`: the
 * lookup failed. `not-checked`: it cannot be known in advance, and `found` says why. Neither of the last two is a yes.
 */
export type Finding = Place &
  (
    | { is: 'ok' }
    /** `buildsAtOnce`: how many builds its region has room for at a time. */
    | ({ is: 'warning'; buildsAtOnce?: number } & Difference)
    | ({ is: 'not-checked' } & Difference)
    | ({ is: 'unknown'; failedCall: LookupError } & Difference)
    /** `code`: of the refusal. */
    | ({ is: 'refused'; code: RefusalCode } & Difference)
  );

interface Difference {
  expected: string;
  found: string;
  /** Advice: a sentence, with the command to run. */
  todo: string;
  /** The command in `todo`, on its own. */
  command?: string;
}

export interface Place {
  check: string;
  /** Absent if it does not concern a single region. */
  region?: string;
  /** In the config, with its file: `configs/web.json: images[0].builder.instance_type`. Absent if the config does not set it. */
  place?: string;
  /** Names of the affected targets; absent: all of the region, or of the release. */
  targets?: string[];
  /** What it blocks: building, or sharing. */
  stops: 'building' | 'sharing';
}

export type Trouble = Exclude<Finding, { is: 'ok' }>;

export type Refused = Extract<Finding, { is: 'refused' }>;

export const isTrouble = (finding: Finding): finding is Trouble => finding.is !== 'ok';

/** Whether a finding concerns a target. */
export const concerns = ({ region, targets }: Place, target: Pick<Target, 'name' | 'region'>): boolean =>
  targets ? targets.includes(target.name) : region === undefined || region === target.region;

/** A failed lookup. In a rehearsal, the answer may be something that the sandbox does not have. */
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
