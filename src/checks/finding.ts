import type { LookupError } from '../model/lookup.ts';

/**
 * What a check found in a region. `warning`: it may go on. `refused`: AWS would refuse it later. `unknown`: AWS did not
 * say, which is no yes.
 */
export type Finding = Place &
  (
    | { is: 'ok' }
    | {
        is: 'warning' | 'refused' | 'unknown';
        expected: string;
        found: string;
        /** What to do about it: a sentence, with the command to run. */
        todo: string;
      }
  );

export interface Place {
  check: string;
  region: string;
  /** What it would stop: nothing is built, or what is built cannot be shared. */
  stops: 'building' | 'sharing';
}

export type Trouble = Exclude<Finding, { is: 'ok' }>;

export const isTrouble = (finding: Finding): finding is Trouble => finding.is !== 'ok';

/** A lookup that failed. */
export const notKnown = (place: Place, expected: string, error: LookupError): Finding => ({
  ...place,
  is: 'unknown',
  expected,
  found: `${error.operation}: ${error.code}: ${error.message}`,
  todo: `Allow ${error.operation}, or try again`,
});
