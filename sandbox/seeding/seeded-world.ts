import type {
  BatchState,
  FleetLaunchTemplateConfig,
  FleetStateCode,
  FleetType,
  LaunchTemplateConfig,
  SpotFleetLaunchSpecification,
} from '@aws-sdk/client-ec2';
import type { ServiceName } from '../model/service-names.ts';

/**
 * Everything that should exist before the first request, as data. Ids are given, so that a test knows in advance what it will
 * find and what happens to it. Times are ISO 8601, UTC.
 */
export interface SeededWorld {
  buckets?: readonly SeededBucket[];
  images?: readonly SeededImage[];
  snapshots?: readonly SeededSnapshot[];
  instances?: readonly SeededInstance[];
  volumes?: readonly SeededVolume[];
  fleets?: readonly SeededFleet[];
  spotFleets?: readonly SeededSpotFleet[];
  /** API calls, executed in this order after everything else exists. */
  calls?: readonly SeededCall[];
}

export interface Place {
  region: string;
  /** Id of one of the sandbox's accounts. Default: its default one. */
  account?: string;
}

export interface SeededImage extends Place {
  id: string;
  name: string;
  createdAt: string;
  description?: string;
  /** Default: `available`. A `pending` image stays pending for a year. */
  state?: 'available' | 'failed' | 'disabled' | 'pending';
  /** Default: `x86_64`. */
  architecture?: 'x86_64' | 'arm64' | 'i386';
  /** Default: `hvm`. */
  virtualization?: 'hvm' | 'paravirtual';
  /** Ids of the snapshots of its volumes, the root's first. Missing ones are created with it; two images can name the same one. */
  snapshots?: readonly string[];
  /** Instead of snapshots: a bundle in one of the buckets. */
  bundle?: SeededBundle;
  /** Whether it and its snapshots are public. */
  public?: boolean;
  /** Account ids, for it and its snapshots. */
  sharedWith?: readonly string[];
  /** ARNs, only for the image. */
  organizations?: readonly string[];
  deprecatedAt?: string;
  /** Deregistration protection. */
  protection?: 'with-cooldown' | 'without-cooldown';
  /** When it was last launched. EC2 reports it 24 hours later. */
  launchedAt?: string;
  tags?: Readonly<Record<string, string>>;
  /** Tags of its snapshots. Default: the image's. */
  snapshotTags?: Readonly<Record<string, string>>;
}

export interface SeededBundle {
  bucket: string;
  /** The prefix of its keys: `PREFIX.manifest.xml`, `PREFIX.part.00`. */
  prefix: string;
  /** The number of parts. Their content is empty; the manifest is a real one. */
  parts: number;
}

export interface SeededBucket extends Place {
  name: string;
  createdAt?: string;
  versioning?: 'Enabled' | 'Suspended';
  tags?: Readonly<Record<string, string>>;
  objects?: readonly SeededObject[];
  /** Multipart uploads that nobody completed. */
  unfinished?: readonly { key: string; parts: number }[];
}

export interface SeededObject {
  key: string;
  /** In a bucket with versioning: how many times it was written. Default: 1. */
  versions?: number;
  /** In a bucket with versioning: whether it ends with a delete marker. */
  isDeleted?: boolean;
}

export interface SeededSnapshot extends Place {
  id: string;
  startedAt: string;
  /** GiB. Default: 8. */
  size?: number;
  description?: string;
  public?: boolean;
  sharedWith?: readonly string[];
  tags?: Readonly<Record<string, string>>;
}

export interface SeededInstance extends Place {
  id: string;
  /** Id of an image. */
  image: string;
  /** Default: `t3.micro`. */
  type?: string;
  state: 'running' | 'stopped' | 'terminated';
  launchedAt: string;
  /** Name of a key pair, which may no longer exist. */
  keyName?: string;
  /** Ids of security groups. */
  groups?: readonly string[];
  tags?: Readonly<Record<string, string>>;
}

/** An unattached volume. */
export interface SeededVolume extends Place {
  id: string;
  createdAt: string;
  /** GiB. Default: 8. */
  size?: number;
  snapshot?: string;
  tags?: Readonly<Record<string, string>>;
}

/** An EC2 Fleet without instances, in the words of the API. No call can create one. */
export interface SeededFleet extends Place {
  /** `fleet-` and a UUID. */
  id: string;
  createdAt: string;
  /** Default: `active`. */
  state?: FleetStateCode;
  /** Default: `maintain`. */
  type?: FleetType;
  launchTemplateConfigs: readonly FleetLaunchTemplateConfig[];
}

/** A Spot Fleet request, in the same way. */
export interface SeededSpotFleet extends Place {
  /** `sfr-` and a UUID. */
  id: string;
  createdAt: string;
  /** Default: `active`. */
  state?: BatchState;
  launchSpecifications?: readonly SpotFleetLaunchSpecification[];
  launchTemplateConfigs?: readonly LaunchTemplateConfig[];
}

export interface SeededCall extends Place {
  service: ServiceName;
  operation: string;
  input: object;
  /** The time of the call. Default: now. */
  at?: string;
}
