import type { RefusalCode } from '../lib/refusal-codes.ts';
import type { LookupError } from '../model/lookup.ts';

/**
 * What a check found in a region. `warning`: does not block the run. `refused`: AWS would refuse it later. `unknown`: the
 * lookup failed, which is not a yes.
 */
export type Finding = Place &
  (
    | { is: 'ok' }
    | ({ is: 'warning' } & Difference)
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
  region: string;
  /** What it blocks: building, or sharing what was built. */
  stops: 'building' | 'sharing';
}

export type Trouble = Exclude<Finding, { is: 'ok' }>;

export type Refused = Extract<Finding, { is: 'refused' }>;

export const isTrouble = (finding: Finding): finding is Trouble => finding.is !== 'ok';

/** A lookup that failed. */
export const notKnown = (place: Place, expected: string, error: LookupError): Finding => ({
  ...place,
  is: 'unknown',
  expected,
  found: `${error.operation}: ${error.code}: ${error.message}`,
  todo: `Allow ${error.operation}, or try again`,
  failedCall: error,
});
