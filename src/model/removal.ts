import type { LookupError } from './lookup.ts';
import type { ResourceKind } from './sighting.ts';

/** An AMI to remove, and its dependents: everything that has to be known once it is gone. */
export interface Removal {
  ami: string;
  /** Absent where an earlier run deregistered it, so that only tags on its dependents are left. */
  amiName?: string;
  region: string;
  release: string;
  target: string;
  /** All snapshots of its block device mapping. */
  snapshots: string[];
  /** The instance that CreateImage made it from, where EC2 gives it. */
  sourceInstance?: string;
  /** Of its manifest in S3, as `bucket/prefix.manifest.xml`, where it is on instance-store. */
  location?: string;
}

/** The outcome for one resource. `kept`: on purpose; `failed`: it should have been removed. */
export type Fate = { is: 'removed' } | { is: 'kept'; why: string } | { is: 'failed'; error: LookupError };

export interface Part {
  kind: ResourceKind;
  id: string;
  fate: Fate;
}

export interface RemovalOutcome {
  removal: Removal;
  /** The AMI first, unless it was gone before; then its dependents, as far as the run got. */
  parts: Part[];
}

export const failedFate = (error: LookupError): Fate => ({ is: 'failed', error });
