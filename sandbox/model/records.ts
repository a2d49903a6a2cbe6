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

/** What the sandbox keeps, by kind. Records are data and are replaced, never changed in place. Times are ISO 8601, UTC. */
export interface Records {
  image: ImageRecord;
  snapshot: SnapshotRecord;
  imageUsageReport: ImageUsageReportRecord;
  instance: InstanceRecord;
  volume: VolumeRecord;
  keyPair: KeyPairRecord;
  securityGroup: SecurityGroupRecord;
  vpc: VpcRecord;
  subnet: SubnetRecord;
  routeTable: RouteTableRecord;
  internetGateway: InternetGatewayRecord;
  natGateway: NatGatewayRecord;
  /** By allocation. */
  address: AddressRecord;
  /** What was there from the start and was deleted, by id. */
  removed: true;
  /** Tags by resource id, as seen by the account that set them: AWS shows nobody else's tags on a shared resource. */
  tags: Record<string, string>;
  /** What a client token was used for, by operation and token. */
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
  /** What was changed of an account's settings in a region. */
  settings: Partial<Omit<AccountSettings, 'quotas'>> & { quotas?: Partial<Record<QuotaCode, number>> };
  bucket: BucketRecord;
  /** By bucket, then key. */
  object: ObjectRecord;
  /** Multipart uploads under way, by bucket. */
  upload: UploadRecord;
  /** By bucket and upload. */
  part: PartRecord;
  /** Of SNS, by name. */
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
  /** ARNs of organizations and organizational units, of images only. */
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
    /** Of the volume that is to be made, where it is not its snapshot's. */
    kmsKey?: string;
    deleteOnTermination: boolean;
  };
}

/** A mark of where an image comes from, with the image that it was first attached to. */
export interface ImageWatermarkRecord {
  /** `ACCOUNT:NAME` */
  key: string;
  sourceImage: string;
  sourceRegion: string;
  sourceCreatedAt: string;
  attachedAt: string;
}

/** What Amazon Inspector found in an image. */
export interface ImageFindingRecord {
  title: string;
  severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  score?: number;
  firstObservedAt?: string;
  /** Nothing fixes it where absent. */
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
  /** On EBS where absent. An instance-store image has its manifest as its `location`, and no snapshots. */
  rootDeviceType?: 'instance-store';
  enaSupport: boolean;
  sriovNetSupport?: string;
  imdsSupport?: string;
  /** Attached to it, or to what it was made of. */
  watermarks?: ImageWatermarkRecord[];
  /** The last scan of it; none goes on to copies. */
  scan?: { scannedAt: string; findings: ImageFindingRecord[] };
  /** Instance types that its owner allows, all where absent, and those ruled out; `*` stands for any part. */
  instanceTypes?: { supported?: string[]; unsupported?: string[] };
  /** `amazon` of AWS's own images and those of verified providers. */
  ownerAlias?: string;
  /** `windows`; absent for all others. */
  platform?: string;
  /** What it runs and how that is billed, where it is not `Linux/UNIX` and `RunInstances`. */
  platformDetails?: string;
  usageOperation?: string;
  /** As it was registered; the mode of the instance type where absent. */
  bootMode?: string;
  tpmSupport?: string;
  /** Non-volatile UEFI variables, in base64. */
  uefiData?: string;
  sourceInstance?: string;
  sourceImage?: string;
  devices: BlockDevice[];
  permissions: Permissions;
  deprecatedAt?: string;
  /** Until when it is pending. */
  pendingUntil?: string;
  /** Of a copy: the region of `sourceImage`. */
  sourceRegion?: string;
  protection?: DeregistrationProtection;
  /** When instances were started from it: those of the last 24 hours, one an hour, and the last one before. */
  launches?: string[];
}

/** Who used an image when the report was asked for. */
export interface ImageUsageReportRecord {
  id: string;
  image: string;
  createdAt: string;
  /** Until when it is pending. */
  doneAt?: string;
  /** `depth`: newest versions of launch templates that were looked at, where the request says how many. */
  resourceTypes: { type: string; depth?: number }[];
  /** Those that it was limited to; all where empty. */
  accounts: string[];
  entries: { account: string; type: string; count: number }[];
}

/** Once it is off, an image that had the cooldown stays protected for 24 hours. */
export type DeregistrationProtection = { on: true; cooldown: boolean } | { on: false; until: string };

export interface SnapshotRecord {
  id: string;
  owner: string;
  volume: string;
  /** GiB */
  size: number;
  description: string;
  startedAt: string;
  encrypted: boolean;
  /** ARN of the key that it is encrypted with. */
  kmsKey?: string;
  permissions: Permissions;
  /** Until when it is pending. */
  pendingUntil?: string;
  isCopy?: boolean;
  /** Of a timed copy: minutes in which it is to be completed. */
  completionMinutes?: number;
  /** Why it ended in `error`, where it did. */
  failure?: string;
}

export interface InstanceRecord {
  id: string;
  reservation: string;
  owner: string;
  image: string;
  type: string;
  /** Where they are not those of its type. */
  vcpus?: number;
  state: 'running' | 'stopped' | 'terminated';
  /** Until when it is on its way to that state. */
  settlesAt?: string;
  stateReason?: Reason;
  transitionReason: string;
  launchIndex: number;
  launchedAt: string;
  terminatedAt?: string;
  keyName?: string;
  /** OpenSSH public keys that may log in, as the image's first boot puts them there. */
  publicKeys: string[];
  /** The loopback address that it has while it is not terminated. */
  address: string;
  /** Its private one, where it does not go with that address any more. */
  privateAddress?: string;
  /** Whether that address is public. */
  isPublic: boolean;
  /** An Elastic IP address, which is its public one then. */
  elasticAddress?: { allocation: string; address: string; association: string };
  networkInterface: string;
  subnet: string;
  vpc: string;
  zone: string;
  groups: string[];
  architecture: string;
  virtualization: string;
  rootDeviceName: string;
  /** On EBS where absent. */
  rootDeviceType?: 'instance-store';
  enaSupport: boolean;
  sriovNetSupport?: string;
  ebsOptimized: boolean;
  monitoring: boolean;
  shutdownBehavior: string;
  terminationProtection: boolean;
  clientToken: string;
  /** In base64, as it was given. */
  userData?: string;
  volumes: { device: string; volume: string; attachedAt: string; deleteOnTermination: boolean }[];
  metadata: { httpTokens: string; httpEndpoint: string; hopLimit: number; showsTags?: true };
  /** `open` where absent. */
  capacityPreference?: 'none';
  /** The Spot request that it fulfils; it runs on demand without. */
  spotRequest?: string;
  /** Name of its instance profile. */
  instanceProfile?: string;
  /** Of its image. */
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
  /** ARN of the key that it is encrypted with. */
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
  /** Everything where absent, as in a new group. */
  egress?: SecurityGroupRule[];
}

export interface LaunchTemplateRecord {
  id: string;
  name: string;
  createdAt: string;
  /** ARN of who made it. */
  createdBy: string;
  /** Number of the default version. */
  default: number;
  /** The last number that was given; numbers are never given twice. */
  last: number;
}

export interface LaunchTemplateVersionRecord {
  template: string;
  number: number;
  description?: string;
  createdAt: string;
  createdBy: string;
  /** As it was asked for, in the words of the API; it holds no times and no bytes. */
  data: RequestLaunchTemplateData;
}

/** As it was asked for, in the words of the API. */
export interface LaunchConfigurationRecord {
  arn: string;
  createdAt: string;
  given: CreateLaunchConfigurationType;
}

/** As it was asked for, in the words of the API, with what it got where nothing was asked. */
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
  /** Of a secure string: its key, as it was named. */
  keyId?: string;
  description?: string;
  modifiedAt: string;
  /** Of this version. */
  labels?: string[];
  /** Of the parameter, on its newest version. */
  tags?: Record<string, string>;
  /** Until when it is validated, where it holds the id of an AMI; `before` is what stands there until then. */
  validatedAt?: string;
  before?: ParameterRecord;
  /** What its earlier versions were, oldest first. */
  earlier?: ParameterRecord[];
}
