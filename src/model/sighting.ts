import type { Ami } from './ami.ts';
import type { Instance } from './instance.ts';
import type { Lookup } from './lookup.ts';
import type { Permission } from './permission.ts';
import type { Target } from './release-plan.ts';
import type { Resource } from './resource.ts';
import type { SeenBundle } from './seen-bundle.ts';
import type { Snapshot } from './snapshot.ts';

/** Everything observed about one target, including failed lookups. */
export interface Sighting {
  target: Target;
  /** When the lookups started, except those of `images` if these were repeated alone. Milliseconds since 1970. */
  asked: number;
  /** AMIs of this account that have the target's AMI name, or that an attempt's log names. */
  images: Lookup<SeenAmi[]>;
  /** For a copied target: its source AMI; undefined if there is none. */
  source?: Lookup<Ami | undefined>;
  /** Instances tagged as this target's builders, without terminated ones. */
  builders: Lookup<Builder[]>;
  /** Leftovers of builds, including builders of this host whose Packer is dead. Empty while a build is running. */
  leftovers: Lookup<Resource[]>;
  /** AWS's reasons for failed or terminated resources of this target; absent if there are none, or a lookup failed. */
  awsReasons?: AwsReason[];
  /** The newest attempt that this machine knows of. */
  attempt?: SeenAttempt;
  /** Snapshots of its AMIs seen as completed: EC2 refuses to delete them while the AMI exists (`InvalidSnapshot.InUse`). */
  completed?: readonly Snapshot[];
  /** For an instance-store AMI: its bundle's objects in S3; absent if there are none. */
  bundle?: SeenBundle;
}

/** A resource that AWS failed to create, or terminated, and AWS's reason. */
export interface AwsReason {
  kind: 'AMI' | 'instance' | 'snapshot';
  id: string;
  /** EC2's value: `failed`, `terminated`, `error`. */
  state: string;
  /** Starts with EC2's code if it gives one: `Server.InternalError: …`. */
  why: string;
  /** For an instance: the id of the attempt that launched it. */
  attempt?: string;
}

export interface SeenAmi {
  ami: Ami;
  /** Absent if they were not looked up. */
  details?: Lookup<AmiDetails>;
  /**
   * For an AMI that is known to be ours but lacks our tags: the tags it should have. Packer 1.6.6 tags only at the end of a
   * build, and writes none if it is killed before.
   */
  adopt?: Record<string, string>;
  /**
   * The release and target in its tags, if they differ from these; and the placeholder that the AMI name needs for both to
   * exist.
   */
  belongsTo?: { name: string; toTellApart: '{publication}' | '{version}' | '{image}' };
}

/** Details that take one call per AMI and snapshot. */
export interface AmiDetails {
  snapshots: Snapshot[];
  /** Its permissions were not looked up; they are EC2's defaults for a new AMI: private. Never counts as agreeing with the plan. */
  asMade?: true;
  launchPermission: Permission;
  /** If the config names an encryption key: its id in KMS; undefined if the key does not exist. */
  wantedKey?: { id: string | undefined };
  /** For an instance-store AMI: its bundle in S3; absent if none was found in a bucket of this release. */
  bundle?: SeenBundle;
  /** By snapshot id. */
  createVolumePermission: Record<string, Permission>;
}

export interface Builder {
  instance: Instance;
  /**
   * `working`: its Packer is running. `elsewhere`: it belongs to another host. `dead`: this host's, without a running Packer,
   * or taken over.
   */
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
