import type { AutoScalingGroup, CreateLaunchConfigurationType } from '@aws-sdk/client-auto-scaling';
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { AccountSettings } from './account-settings.ts';
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from './bucket-records.ts';
import type { FleetRecord, SpotFleetRecord } from './fleet-records.ts';
import type {
  AddressRecord,
  InternetGatewayRecord,
  NatGatewayRecord,
  RouteTableRecord,
  SubnetRecord,
  VpcRecord,
} from './network-records.ts';
import type { QuotaCode } from './settings/quotas.ts';
import type { SpotRequestRecord } from './spot-records.ts';
import type { ImportSnapshotTaskRecord } from './task-records.ts';

/** The sandbox's records, by kind. Records are data and are replaced, never changed in place. Times are ISO 8601, UTC. */
export interface Records {
  image: ImageRecord;
  snapshot: SnapshotRecord;
  imageUsageReport: ImageUsageReportRecord;
  importSnapshotTask: ImportSnapshotTaskRecord;
  storeImageTask: StoreImageTaskRecord;
  instance: InstanceRecord;
  volume: VolumeRecord;
  keyPair: KeyPairRecord;
  securityGroup: SecurityGroupRecord;
  vpc: VpcRecord;
  subnet: SubnetRecord;
  routeTable: RouteTableRecord;
  internetGateway: InternetGatewayRecord;
  natGateway: NatGatewayRecord;
  /** By allocation id. */
  address: AddressRecord;
  /** Initial resources that were deleted, by id. */
  removed: true;
  /** Tags by resource id, as seen by the account that set them: AWS does not show other accounts' tags on a shared resource. */
  tags: Record<string, string>;
  /** The use of a client token, by operation and token. */
  clientToken: { request: string; made: string[] };
  parameter: ParameterRecord;
  launchTemplate: LaunchTemplateRecord;
  /** By template and number. */
  launchTemplateVersion: LaunchTemplateVersionRecord;
  launchConfiguration: LaunchConfigurationRecord;
  autoScalingGroup: AutoScalingGroupRecord;
  fleet: FleetRecord;
  spotRequest: SpotRequestRecord;
  spotFleet: SpotFleetRecord;
  counter: number;
  /** The changes to an account's settings in a region. */
  settings: Partial<Omit<AccountSettings, 'quotas'>> & { quotas?: Partial<Record<QuotaCode, number>> };
  bucket: BucketRecord;
  /** By bucket, then key. */
  object: ObjectRecord;
  /** Multipart uploads in progress, by bucket. */
  upload: UploadRecord;
  /** By bucket and upload. */
  part: PartRecord;
  /** SNS topics, by name. */
  topic: TopicRecord;
}

export type Kind = keyof Records;

export interface TopicRecord {
  name: string;
}

/** Who may use an image or a snapshot besides its owner. */
export interface Permissions {
  everyone: boolean;
  accounts: string[];
  /** ARNs of organizations and organizational units; only for images. */
  organizations?: string[];
}

export interface Reason {
  code: string;
  message: string;
}

export interface BlockDevice {
  device: string;
  virtualName?: string;
  ebs?: {
    snapshot?: string;
    /** GiB */
    size: number;
    type: string;
    iops?: number;
    throughput?: number;
    encrypted: boolean;
    /** The key for the new volume, if it is not its snapshot's. */
    kmsKey?: string;
    deleteOnTermination: boolean;
  };
}

/** A watermark that marks the origin of an image, with the image it was first attached to. */
export interface ImageWatermarkRecord {
  /** `ACCOUNT:NAME` */
  key: string;
  sourceImage: string;
  sourceRegion: string;
  sourceCreatedAt: string;
  attachedAt: string;
}

/** An Amazon Inspector finding in an image. */
export interface ImageFindingRecord {
  title: string;
  severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  score?: number;
  firstObservedAt?: string;
  /** Absent if there is no fix. */
  fixAvailableSince?: string;
  paths?: string[];
}

export interface ImageRecord {
  id: string;
  owner: string;
  name: string;
  description: string;
  location: string;
  createdAt: string;
  state: 'available' | 'failed' | 'disabled' | 'deregistered';
  stateReason?: Reason;
  architecture: string;
  virtualization: string;
  rootDeviceName: string;
  /** Absent: on EBS. An instance-store image has its manifest as its `location`, and no snapshots. */
  rootDeviceType?: 'instance-store';
  enaSupport: boolean;
  sriovNetSupport?: string;
  imdsSupport?: string;
  /** Attached to it, or inherited from its source. */
  watermarks?: ImageWatermarkRecord[];
  /** The last scan of it; copies do not inherit it. */
  scan?: { scannedAt: string; findings: ImageFindingRecord[] };
  /** Instance types that its owner allows (all if absent), and those ruled out; `*` matches any part. */
  instanceTypes?: { supported?: string[]; unsupported?: string[] };
  /** `amazon` for AWS's own images and those of verified providers. */
  ownerAlias?: string;
  /** `windows`; absent for all others. */
  platform?: string;
  /** Its platform and billing, if they are not `Linux/UNIX` and `RunInstances`. */
  platformDetails?: string;
  usageOperation?: string;
  /** As registered; if absent, the instance type decides. */
  bootMode?: string;
  tpmSupport?: string;
  /** Non-volatile UEFI variables, in base64. */
  uefiData?: string;
  sourceInstance?: string;
  sourceImage?: string;
  devices: BlockDevice[];
  permissions: Permissions;
  deprecatedAt?: string;
  /** The time until which it is pending. */
  pendingUntil?: string;
  /** For a copy: the region of `sourceImage`. */
  sourceRegion?: string;
  protection?: DeregistrationProtection;
  /** When instances were started from it: one launch per hour of the last 24 hours, and the last one before. */
  launches?: string[];
}

/** Who used an image when the report was requested. */
export interface ImageUsageReportRecord {
  id: string;
  image: string;
  createdAt: string;
  /** The time until which it is pending. */
  doneAt?: string;
  /** `depth`: how many of the newest versions of launch templates were searched, if the request says so. */
  resourceTypes: { type: string; depth?: number }[];
  /** The accounts that it is limited to; all if empty. */
  accounts: string[];
  entries: { account: string; type: string; count: number }[];
}

/** After it is turned off, an image that had the cooldown stays protected for 24 hours. */
export type DeregistrationProtection = { on: true; cooldown: boolean } | { on: false; until: string };

/** An AMI that is stored as an object in S3. */
export interface StoreImageTaskRecord {
  image: string;
  bucket: string;
  key: string;
  startedAt: string;
  /** The time until which it is in progress. */
  doneAt?: string;
  tags: Record<string, string>;
  stored: StoredImage;
  /** Once it is over. */
  ended?: { failure?: string };
}

/** The stored content of an AMI, instead of the data of its volumes. */
export interface StoredImage {
  image: StoredImageFields;
  region: string;
  /** By id; sizes in GiB. */
  snapshots: Record<string, { size: number; tags: Record<string, string> }>;
  tags: Record<string, string>;
}

/** Fields that belong to one region or account, and permissions, are not stored. */
export type StoredImageFields = Omit<
  ImageRecord,
  | 'deprecatedAt'
  | 'launches'
  | 'location'
  | 'ownerAlias'
  | 'pendingUntil'
  | 'permissions'
  | 'protection'
  | 'scan'
  | 'sourceImage'
  | 'sourceInstance'
  | 'sourceRegion'
  | 'stateReason'
>;

export interface SnapshotRecord {
  id: string;
  owner: string;
  volume: string;
  /** GiB */
  size: number;
  description: string;
  startedAt: string;
  encrypted: boolean;
  /** ARN of its encryption key. */
  kmsKey?: string;
  permissions: Permissions;
  /** The time until which it is pending. */
  pendingUntil?: string;
  isCopy?: boolean;
  /** Restored from an AMI that was stored in S3. */
  isRestored?: true;
  /** For a timed copy: the minutes in which it has to be completed. */
  completionMinutes?: number;
  /** Why it ended in `error`, if it did. */
  failure?: string;
}

export interface InstanceRecord {
  id: string;
  reservation: string;
  owner: string;
  image: string;
  type: string;
  /** Set if they differ from its type's. */
  vcpus?: number;
  state: 'running' | 'stopped' | 'terminated';
  /** The time until which it is in transition to that state. */
  settlesAt?: string;
  stateReason?: Reason;
  transitionReason: string;
  launchIndex: number;
  launchedAt: string;
  terminatedAt?: string;
  keyName?: string;
  /** OpenSSH public keys that may log in, as the image's first boot installs them. */
  publicKeys: string[];
  /** Its loopback address until it is terminated. */
  address: string;
  /** Its private address, if it no longer matches that address. */
  privateAddress?: string;
  /** Whether that address is public. */
  isPublic: boolean;
  /** An Elastic IP address; if set, it is the public one. */
  elasticAddress?: { allocation: string; address: string; association: string };
  networkInterface: string;
  subnet: string;
  vpc: string;
  zone: string;
  groups: string[];
  architecture: string;
  virtualization: string;
  rootDeviceName: string;
  /** Absent: on EBS. */
  rootDeviceType?: 'instance-store';
  enaSupport: boolean;
  sriovNetSupport?: string;
  ebsOptimized: boolean;
  monitoring: boolean;
  shutdownBehavior: string;
  terminationProtection: boolean;
  clientToken: string;
  /** In base64, as given. */
  userData?: string;
  volumes: { device: string; volume: string; attachedAt: string; deleteOnTermination: boolean }[];
  metadata: { httpTokens: string; httpEndpoint: string; hopLimit: number; showsTags?: true };
  /** Absent: `open`. */
  capacityPreference?: 'none';
  /** The Spot request that it fulfils; absent for an On-Demand Instance. */
  spotRequest?: string;
  /** Name of its instance profile. */
  instanceProfile?: string;
  /** From its image. */
  bootMode?: string;
  platform?: string;
  platformDetails?: string;
  usageOperation?: string;
  /** The tags of the launch itself, for faults by target. */
  launchTags: Record<string, string>;
}

export interface VolumeRecord {
  id: string;
  size: number;
  type: string;
  iops?: number;
  throughput?: number;
  encrypted: boolean;
  /** ARN of its encryption key. */
  kmsKey?: string;
  snapshot: string;
  zone: string;
  createdAt: string;
  attachment?: { instance: string; device: string; attachedAt: string; deleteOnTermination: boolean };
}

export interface KeyPairRecord {
  id: string;
  name: string;
  type: 'rsa' | 'ed25519';
  fingerprint: string;
  publicKey: string;
  createdAt: string;
}

export interface SecurityGroupRecord {
  id: string;
  name: string;
  description: string;
  vpc: string;
  ingress: SecurityGroupRule[];
  /** Absent: everything, as in a new group. */
  egress?: SecurityGroupRule[];
}

export interface LaunchTemplateRecord {
  id: string;
  name: string;
  createdAt: string;
  /** ARN of its creator. */
  createdBy: string;
  /** Number of the default version. */
  default: number;
  /** The last number used; numbers are never reused. */
  last: number;
}

export interface LaunchTemplateVersionRecord {
  template: string;
  number: number;
  description?: string;
  createdAt: string;
  createdBy: string;
  /** As requested, in the words of the API; contains no times and no bytes. */
  data: RequestLaunchTemplateData;
}

/** As requested, in the words of the API. */
export interface LaunchConfigurationRecord {
  arn: string;
  createdAt: string;
  given: CreateLaunchConfigurationType;
}

/** As requested, in the words of the API, with defaults filled in. */
export interface AutoScalingGroupRecord {
  arn: string;
  createdAt: string;
  group: Omit<AutoScalingGroup, 'CreatedTime' | 'AutoScalingGroupARN' | 'Instances'>;
}

export interface SecurityGroupRule {
  id: string;
  protocol: string;
  from?: number;
  to?: number;
  peer: { cidr: string } | { cidr6: string } | { group: string };
  description?: string;
}

export interface ParameterRecord {
  name: string;
  type: 'String' | 'StringList' | 'SecureString';
  value: string;
  version: number;
  dataType: string;
  /** For a secure string: its key, as it was named. */
  keyId?: string;
  description?: string;
  modifiedAt: string;
  /** Labels of this version. */
  labels?: string[];
  /** Tags of the parameter, kept on its newest version. */
  tags?: Record<string, string>;
  /** The time until which the id of an AMI is validated; `before` is the value until then. */
  validatedAt?: string;
  before?: ParameterRecord;
  /** Its earlier versions, oldest first. */
  earlier?: ParameterRecord[];
}
