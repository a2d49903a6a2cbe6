import type { Ami } from './ami.ts';
import type { LookupError } from './lookup.ts';
import type { Resource } from './resource.ts';

/** Where a target stands. */
export type Status =
  | { is: 'absent' }
  /** Packer is at work on it; `pid` is its process where it runs on this host. */
  | { is: 'building'; where: string; pid?: number; since?: string }
  | ({ is: 'pending' } & WithAmi)
  /** Available, and not every expectation was looked at or can be met yet. `adopt`: tags still to be written. */
  | ({ is: 'built'; adopt?: Record<string, string> } & WithAmi)
  | ({ is: 'wrong'; differences: Difference[] } & WithAmi)
  | ({ is: 'verified' } & WithAmi)
  /** Verified, and shared with exactly those it should be shared with. Never where that is nobody. */
  | ({ is: 'shared' } & WithAmi)
  | { is: 'failed'; leftovers: Resource[]; why: string }
  | { is: 'conflict'; by: Obstacle; amis: Ami[]; why: string }
  | { is: 'unknown'; error: LookupError };

interface WithAmi {
  ami: Ami;
  /** It was made from another recipe than the config's, and counts all the same: the target accepts that. */
  mixed?: true;
}

/**
 * What holds a target's name, or its place. `another recipe`: one AMI of this target, made of something else than the
 * config says now. `another AMI`: nothing shows that it is this target's. `another release`: its tags say that it is another
 * release's or another target's, whatever it was made of.
 */
export type Obstacle = 'another recipe' | 'another AMI' | 'another release' | 'two AMIs' | 'another host';

export interface Difference {
  what: string;
  expected: string;
  found: string;
}

/** Whether an AMI of another recipe counts here. */
export const isMixed = (status: Status): boolean => 'mixed' in status && status.mixed === true;
