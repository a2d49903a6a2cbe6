import type { BundleSettings, Json, RootDevice, Sharing } from './publication.ts';

/** What is to exist when a release is published. Pure data: the same plan gives the same templates, byte for byte. */
export interface ReleasePlan {
  format: 2;
  /** `test-ebs@1.0.0` */
  release: string;
  publication: string;
  version: string;
  account: string;
  /** Which AWS this plan was made for: `aws`, or `sandbox:<id>`. A plan is refused anywhere else. */
  endpoint: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  targets: Target[];
  /** Targets that do not have to exist and that nothing is done about, each with the reason; absent where there are none. */
  leftOut?: LeftOut[];
  sharing: Sharing;
  /** The file that the ids are recorded in; absent where there is none. */
  record?: string;
}

/** One AMI to exist: an image in a region. */
export interface Target {
  /** `us-east-1-2204-hvm`; also Packer's source label. */
  name: string;
  region: string;
  image: string;
  required: boolean;
  /** An AMI of this target that was made from another recipe is kept, and counts (`--accept-mixed`). */
  acceptsAnyRecipe?: true;
  amiName: string;
  base: Base;
  /** What the AMI is made from, as `sha256:<hex>`. */
  recipe: string;
  expect: Expectation;
  /** Where an instance-store AMI's bundle lies; absent for one on EBS. */
  bundle?: Bundle;
  /** What Packer is told, before our own options and tags are added. */
  packer: PackerSource;
}

/** A target of a best-effort region that a run leaves alone. */
export interface LeftOut {
  name: string;
  region: string;
  image: string;
  /** As a sentence without its end. */
  why: string;
}

/** A bundle in S3: `<prefix>.manifest.xml` and its parts, `<prefix>.part.0` and on. */
export interface Bundle {
  bucket: string;
  /** Neither begins nor ends with a slash. */
  prefix: string;
  credentials: BundleSettings['credentials'];
  /** The partition table that the image is given; absent where it is to have none. */
  partition?: 'mbr';
}

/** A base image, found and pinned. */
export interface Base {
  id: string;
  name: string;
  /** The account that owns it. */
  owner: string;
  /** What the config asks for, the same in every region: an SSM parameter, say. Two bases asked for differently are two recipes. */
  asked: string;
  /**
   * `ssm`: the parameter's value now. `images`: Canonical's newest that DescribeImages knows. `filter`: the newest that
   * the config's filter finds. `fixed`: the id that the config names. `tag`: what the release's existing AMIs were made from.
   */
  via: 'ssm' | 'images' | 'filter' | 'fixed' | 'tag';
  /** AWS shows it only to who asks for deprecated images. */
  deprecated?: true;
  /** Its platform is Windows. */
  windows?: true;
}

/** What a finished AMI has to be. */
export interface Expectation {
  /** As EC2 says it: `x86_64`, `arm64`. */
  architecture: string;
  /** As EC2 says it: `hvm`, `paravirtual`. */
  virtualization: string;
  /** As EC2 says it: `ebs`, `instance-store`. */
  rootDevice: RootDevice;
  /** `<bucket>/<prefix>.manifest.xml`, for an instance-store AMI. */
  location?: string;
}

export interface PackerSource {
  builder: 'amazon-ebs' | 'amazon-instance';
  options: Record<string, Json>;
  /** In the order they run, already chosen for this target; `only` and `except` are gone. */
  provisioners: { type: string; options: Record<string, Json> }[];
}
