/** An AMI, under gopackgo's names. */
export interface Ami {
  id: string;
  name: string;
  region: string;
  owner: string;
  /** `pending`, `available`, `failed`, `disabled`, …; EC2's value. */
  state: string;
  /** Why it is in that state, starting with EC2's code: `Server.InternalError: …`. */
  stateReason?: string;
  architecture: string;
  virtualization: string;
  rootDevice: string;
  windows?: true;
  /** ISO 8601. */
  created: string;
  public: boolean;
  /** Deprecation time, after which AWS shows it only on request, ISO 8601. */
  deprecated?: string;
  /** When an instance was last launched from it, ISO 8601; EC2 reports it about a day later; absent if none was. */
  lastLaunched?: string;
  /** Deregistration protection; EC2's value, which `protectionOf` parses. */
  protection?: string;
  /** Location of its bundle, as `bucket/prefix.manifest.xml`; for an EBS-backed AMI `owner/name`. */
  location?: string;
  /** The instance it was created from; EC2 keeps this after the instance is gone. */
  sourceInstance?: string;
  /** The AMI it was copied or restored from: it has a source AMI and no source instance. */
  copyOf?: string;
  description?: string;
  /**
   * How its instances start, under EC2's names: `ImdsSupport`, `BootMode`, `TpmSupport`, `EnaSupport`, `SriovNetSupport`. A
   * copy has those of its source.
   */
  startup?: Readonly<Record<string, string>>;
  /** Snapshots of its block device mapping; entries without one (instance-store volumes) are omitted. */
  snapshots: string[];
  tags: Record<string, string>;
}

/** The command that makes an AMI launchable again. Disabling it removed its permissions; sharing it again is a separate step. */
export const commandToEnable = ({ region, id }: Pick<Ami, 'region' | 'id'>): string =>
  `aws ec2 enable-image --region ${region} --image-id ${id}`;
