import type { Ami } from './ami.ts';
import type { Instance } from './instance.ts';
import type { Lookup } from './lookup.ts';
import type { Permission } from './permission.ts';
import type { Target } from './release-plan.ts';
import type { Resource } from './resource.ts';
import type { SeenBundle } from './seen-bundle.ts';
import type { Snapshot } from './snapshot.ts';

/** Everything observed about one target, failed lookups included. */
export interface Sighting {
  target: Target;
  /** When the lookups began, but those of `images` where these were repeated alone. Milliseconds since 1970. */
  asked: number;
  /** AMIs of this account that have the target's AMI name, or that an attempt's log names. */
  images: Lookup<SeenAmi[]>;
  /** Of a target that is copied: the AMI that it is copied from; undefined where there is none. */
  source?: Lookup<Ami | undefined>;
  /** Instances tagged as this target's builders, without terminated ones. */
  builders: Lookup<Builder[]>;
  /** What builds left behind, including builders of this host whose Packer is dead. Empty while a build is running. */
  leftovers: Lookup<Resource[]>;
  /** AWS's reasons for failed or terminated resources of this target; absent where it gives none, or a lookup failed. */
  awsReasons?: AwsReason[];
  /** The newest attempt that this machine knows of. */
  attempt?: SeenAttempt;
  /** Snapshots of its AMIs that were seen completed: EC2 deletes none of them while its AMI exists (`InvalidSnapshot.InUse`). */
  completed?: readonly Snapshot[];
  /** Of an instance-store AMI: what is in S3 of its bundle; absent where none was found. */
  bundle?: SeenBundle;
}

/** A resource that AWS failed to create, or terminated, and AWS's reason. */
export interface AwsReason {
  kind: 'AMI' | 'instance' | 'snapshot';
  id: string;
  /** EC2's value: `failed`, `terminated`, `error`. */
  state: string;
  /** Starts with EC2's code where it gives one: `Server.InternalError: …`. */
  why: string;
  /** Of an instance: the id of the attempt that launched it. */
  attempt?: string;
}

export interface SeenAmi {
  ami: Ami;
  /** Absent where they were not looked up. */
  details?: Lookup<AmiDetails>;
  /**
   * For an AMI without our tags that is known to be ours, the tags that it should have: Packer 1.6.6 tags only at the end of a
   * build, and a Packer killed before writes none.
   */
  adopt?: Record<string, string>;
  /**
   * The release and target in its tags, where they are not this release and target; and the placeholder that the AMI name has to
   * have for both to exist.
   */
  belongsTo?: { name: string; toTellApart: '{publication}' | '{version}' | '{image}' };
}

/** Details that take a call for each AMI and each snapshot. */
export interface AmiDetails {
  snapshots: Snapshot[];
  /** Its permissions were not looked up: they are what EC2 gives to what it makes, nobody. Never counts as agreeing with the plan. */
  asMade?: true;
  launchPermission: Permission;
  /** Where the config names a key to encrypt with: its id in KMS; undefined where there is no such key. */
  wantedKey?: { id: string | undefined };
  /** For an instance-store AMI, its bundle in S3; absent where none was found in a bucket of this release. */
  bundle?: SeenBundle;
  /** By snapshot id. */
  createVolumePermission: Record<string, Permission>;
}

export interface Builder {
  instance: Instance;
  /** `working`: its Packer is running. `elsewhere`: another host's. `dead`: this host's without a Packer, or taken over. */
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
