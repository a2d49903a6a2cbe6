import type { Ami } from './ami.ts';
import type { Instance } from './instance.ts';
import type { Lookup } from './lookup.ts';
import type { Permission } from './permission.ts';
import type { Target } from './release-plan.ts';
import type { Resource } from './resource.ts';
import type { SeenBundle } from './seen-bundle.ts';
import type { Snapshot } from './snapshot.ts';

/** All that was seen of one target. A look that failed is in here as what it is. */
export interface Sighting {
  target: Target;
  /** AMIs of this account that bear the target's AMI name, or that an attempt's log names. */
  images: Lookup<SeenAmi[]>;
  /** Instances tagged as this target's builders that are not terminated. */
  builders: Lookup<Builder[]>;
  /** What builds left behind, builders of this host whose Packer is gone included. Empty while one is at work. */
  leftovers: Lookup<Resource[]>;
  /** Why AWS did not make, or ended, what builds of this target needed; absent where it says nothing, or a look failed. */
  awsReasons?: AwsReason[];
  /** The newest attempt that this machine knows of. */
  attempt?: SeenAttempt;
}

/** What AWS did not make, or ended, and why in its own words. */
export interface AwsReason {
  kind: 'AMI' | 'instance' | 'snapshot';
  id: string;
  /** EC2's own word: `failed`, `terminated`, `error`. */
  state: string;
  /** Begins with EC2's code where it gives one: `Server.InternalError: …`. */
  why: string;
  /** Of an instance: the id of the attempt that launched it. */
  attempt?: string;
}

export interface SeenAmi {
  ami: Ami;
  /** Absent where nobody looked yet. */
  details?: Lookup<AmiDetails>;
  /**
   * How an AMI without our tags is known to be ours: Packer 1.6.6 tags only at the end of a build, and one
   * that died before it leaves none. The tags are those that it should have had.
   */
  adopt?: Record<string, string>;
  /** The release and target whose tags it carries, where that is not this target of this release. */
  belongsTo?: string;
}

/** What takes a call for each AMI and each snapshot to see. */
export interface AmiDetails {
  snapshots: Snapshot[];
  launchPermission: Permission;
  /** What lies in S3 for it, of an instance-store AMI; absent where nothing was found in a bucket of this release. */
  bundle?: SeenBundle;
  /** By snapshot id. */
  createVolumePermission: Record<string, Permission>;
}

export interface Builder {
  instance: Instance;
  /** `working`: its Packer is alive. `elsewhere`: another host's. `dead`: this host's, with no Packer, or taken over. */
  is: 'working' | 'elsewhere' | 'dead';
  host: string;
  /** Packer's process on this host. */
  pid?: number;
}

export interface SeenAttempt {
  id: string;
  pid?: number;
  log: string;
  is: 'working' | 'dead';
}
