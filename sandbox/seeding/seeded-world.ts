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
 * What is to be there before anybody asks, as data. Ids are given, so that whoever describes a world can say beforehand
 * what is to be found in it and what becomes of it. Times are ISO 8601, UTC.
 */
export interface SeededWorld {
  buckets?: readonly SeededBucket[];
  images?: readonly SeededImage[];
  snapshots?: readonly SeededSnapshot[];
  instances?: readonly SeededInstance[];
  volumes?: readonly SeededVolume[];
  fleets?: readonly SeededFleet[];
  spotFleets?: readonly SeededSpotFleet[];
  /** Calls of the API, carried out in this order after all the rest is there. */
  calls?: readonly SeededCall[];
}

export interface Place {
  region: string;
  /** Id of one of the sandbox's accounts; its default one without. */
  account?: string;
}

export interface SeededImage extends Place {
  id: string;
  name: string;
  createdAt: string;
  description?: string;
  /** `available` without. One that is `pending` stays so for a year. */
  state?: 'available' | 'failed' | 'disabled' | 'pending';
  /** `x86_64` without. */
  architecture?: 'x86_64' | 'arm64' | 'i386';
  /** `hvm` without. */
  virtualization?: 'hvm' | 'paravirtual';
  /** Ids of the snapshots of its volumes, the root's first. Those that are not there are made with it; two images can name one. */
  snapshots?: readonly string[];
  /** In place of snapshots: a bundle in one of the buckets. */
  bundle?: SeededBundle;
  /** It and its snapshots. */
  public?: boolean;
  /** Account ids, for it and its snapshots. */
  sharedWith?: readonly string[];
  /** ARNs, for the image alone. */
  organizations?: readonly string[];
  deprecatedAt?: string;
  /** Deregistration protection. */
  protection?: 'with-cooldown' | 'without-cooldown';
  /** When it was last launched. EC2 tells of it 24 hours later. */
  launchedAt?: string;
  tags?: Readonly<Record<string, string>>;
  /** Of its snapshots; the image's without. */
  snapshotTags?: Readonly<Record<string, string>>;
}

export interface SeededBundle {
  bucket: string;
  /** What its keys begin with: `PREFIX.manifest.xml`, `PREFIX.part.00`. */
  prefix: string;
  /** How many parts. Their content is empty; the manifest is a real one. */
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
  /** In a bucket with versioning: how many times it was written. 1 without. */
  versions?: number;
  /** In a bucket with versioning: a delete marker is on top. */
  isDeleted?: boolean;
}

export interface SeededSnapshot extends Place {
  id: string;
  startedAt: string;
  /** GiB; 8 without. */
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
  /** `t3.micro` without. */
  type?: string;
  state: 'running' | 'stopped' | 'terminated';
  launchedAt: string;
  /** Of a key pair, which need not be there any more. */
  keyName?: string;
  /** Ids of security groups. */
  groups?: readonly string[];
  tags?: Readonly<Record<string, string>>;
}

/** A volume that no instance has. */
export interface SeededVolume extends Place {
  id: string;
  createdAt: string;
  /** GiB; 8 without. */
  size?: number;
  snapshot?: string;
  tags?: Readonly<Record<string, string>>;
}

/** An EC2 Fleet without instances, in the words of the API. No call makes one. */
export interface SeededFleet extends Place {
  /** `fleet-` and a UUID. */
  id: string;
  createdAt: string;
  /** `active` without. */
  state?: FleetStateCode;
  /** `maintain` without. */
  type?: FleetType;
  launchTemplateConfigs: readonly FleetLaunchTemplateConfig[];
}

/** A Spot Fleet request, likewise. */
export interface SeededSpotFleet extends Place {
  /** `sfr-` and a UUID. */
  id: string;
  createdAt: string;
  /** `active` without. */
  state?: BatchState;
  launchSpecifications?: readonly SpotFleetLaunchSpecification[];
  launchTemplateConfigs?: readonly LaunchTemplateConfig[];
}

export interface SeededCall extends Place {
  service: ServiceName;
  operation: string;
  input: object;
  /** What time it is for the call; now without. */
  at?: string;
}
