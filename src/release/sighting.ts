import type { Ami } from '../aws/images.ts';
import type { Instance } from '../aws/instances.ts';
import type { Permission } from '../aws/permission.ts';
import type { Snapshot } from '../aws/snapshots.ts';
import type { Look } from '../lib/look.ts';
import type { Target } from '../plan/plan.ts';

/** All that was seen of one target. A look that failed is in here as what it is. */
export interface Sighting {
  target: Target;
  /** AMIs of this account that bear the target's AMI name, or that an attempt's log names. */
  images: Look<SeenAmi[]>;
  /** Instances tagged as this target's builders that are not terminated. */
  builders: Look<Builder[]>;
  /** What builds left behind, builders of this host whose Packer is gone included. Empty while one is at work. */
  leftovers: Look<Resource[]>;
  /** The newest attempt that this machine knows of. */
  attempt?: SeenAttempt;
}

export interface SeenAmi {
  ami: Ami;
  /** Absent where nobody looked yet. */
  details?: Look<AmiDetails>;
  /**
   * How an AMI without our tags is known to be ours: Packer 1.6.6 tags only at the end of a build, and one
   * that died before it leaves none. The tags are those that it should have had.
   */
  adopt?: Record<string, string>;
}

/** What takes a call for each AMI and each snapshot to see. */
export interface AmiDetails {
  snapshots: Snapshot[];
  launchPermission: Permission;
  /** By snapshot id. */
  createVolumePermission: Record<string, Permission>;
}

export interface Builder {
  instance: Instance;
  /** `working`: its Packer is alive. `elsewhere`: another host's. `dead`: this host's, with no Packer. */
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

export type ResourceKind = 'instance' | 'key pair' | 'security group' | 'volume' | 'snapshot' | 'AMI';

/** Something in AWS that a build made. */
export interface Resource {
  kind: ResourceKind;
  id: string;
  region: string;
  target: string;
}
