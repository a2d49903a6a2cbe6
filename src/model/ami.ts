/** An AMI, in the words of this tool. */
export interface Ami {
  id: string;
  name: string;
  region: string;
  owner: string;
  /** `pending`, `available`, `failed`, `disabled`, …; EC2's own word. */
  state: string;
  /** Why it is in that state, with EC2's code in front: `Server.InternalError: …`. */
  stateReason?: string;
  architecture: string;
  virtualization: string;
  rootDevice: string;
  windows?: true;
  /** ISO 8601. */
  created: string;
  public: boolean;
  /** From when on AWS shows it only to who asks for deprecated images, ISO 8601. */
  deprecated?: string;
  /** When an instance was last launched from it, ISO 8601; EC2 says so about a day later, and never where none was. */
  lastLaunched?: string;
  /** Deregistration protection: `disabled`, `enabled`, `enabled-with-cooldown`; EC2's own word. */
  protection?: string;
  /** Where its bundle lies, as `bucket/prefix.manifest.xml`; of one on EBS `owner/name`. */
  location?: string;
  /** The instance that it was made from. EC2 keeps it after that instance is gone. */
  sourceInstance?: string;
  /** The AMI that it was copied from, or restored: it has a source and was made from no instance. */
  copyOf?: string;
  /** Snapshots of its block device mapping; entries without one (instance-store volumes) are left out. */
  snapshots: string[];
  tags: Record<string, string>;
}
