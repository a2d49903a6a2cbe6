import type { LookupError } from './lookup.ts';
import type { ResourceKind } from './sighting.ts';

/** An AMI that goes, and all that hangs on it: what has to be known once it is gone. */
export interface Removal {
  ami: string;
  /** Absent where an earlier run deregistered it and only its tags on what remains are left. */
  amiName?: string;
  region: string;
  release: string;
  target: string;
  /** All snapshots of its block device mapping. */
  snapshots: string[];
  /** The instance that CreateImage made it from, where EC2 says so. */
  sourceInstance?: string;
  /** Of its manifest in S3, as `bucket/prefix.manifest.xml`, where it is on instance-store. */
  location?: string;
}

/** What came of one thing. `kept`: rightly so; `failed`: it should have gone. */
export type Fate = { is: 'removed' } | { is: 'kept'; why: string } | { is: 'failed'; error: LookupError };

export interface Part {
  kind: ResourceKind;
  id: string;
  fate: Fate;
}

export interface RemovalOutcome {
  removal: Removal;
  /** The AMI first, unless it had gone before; then what hung on it, as far as it came. */
  parts: Part[];
}

export const failedFate = (error: LookupError): Fate => ({ is: 'failed', error });
