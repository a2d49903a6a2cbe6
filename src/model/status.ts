import type { Ami } from './ami.ts';
import type { LookupError } from './lookup.ts';
import type { Resource } from './resource.ts';

/** The status of a target. */
export type Status =
  | { is: 'absent' }
  /** Packer is building it; `pid` is its process if it runs on this host. */
  | { is: 'building'; where: string; pid?: number; since?: string }
  | ({ is: 'pending' } & WithAmi)
  /**
   * Available, but not every expectation is checked or met yet. `adopt`: tags still to be written. `deprecateAt`: its source's
   * deprecation date, which EC2 does not copy, ISO 8601.
   */
  | ({ is: 'built'; adopt?: Record<string, string>; deprecateAt?: string } & WithAmi)
  | ({ is: 'wrong'; differences: Difference[] } & WithAmi)
  | ({ is: 'verified' } & WithAmi)
  /** Verified, and shared exactly as configured. Never used for private releases. */
  | ({ is: 'shared' } & WithAmi)
  | { is: 'failed'; leftovers: Resource[]; why: string }
  | { is: 'conflict'; by: Obstacle; amis: Ami[]; why: string }
  | { is: 'unknown'; error: LookupError };

interface WithAmi {
  ami: Ami;
  /** It was built from another recipe than the config's, which the target accepts. */
  mixed?: true;
}

/**
 * What blocks a target. `another recipe`: an AMI of this target, built from another recipe than the config's. `another AMI`:
 * nothing proves that it is this target's. `another release`: its tags name another release or target, whatever its recipe.
 * `another source`: a copy of another AMI than its source's. `yanked`: its release was withdrawn. `retired`: cleanup made it
 * private and disabled it.
 */
export type Obstacle =
  | 'another recipe'
  | 'another source'
  | 'another AMI'
  | 'another release'
  | 'two AMIs'
  | 'another host'
  | 'yanked'
  | 'retired';

export interface Difference {
  what: string;
  expected: string;
  found: string;
}

/** The failed lookup behind an unknown status. */
export const failedCallOf = (status: Status): LookupError | undefined =>
  status.is === 'unknown' ? status.error : undefined;

/** Whether the status accepts an AMI of another recipe. */
export const isMixed = (status: Status): boolean => 'mixed' in status && status.mixed === true;
