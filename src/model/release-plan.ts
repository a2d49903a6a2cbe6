import type { BundleSettings, Json, RootDevice, Sharing } from './publication.ts';

/** What has to exist once a release is published. Pure data: the same plan gives the same templates, byte for byte. */
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
  /** Best-effort targets that are skipped, each with the reason; absent where there are none. */
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
  /** An AMI of this target made from another recipe is kept and accepted (`--accept-mixed`). */
  acceptsAnyRecipe?: true;
  amiName: string;
  base: Base;
  /** What the AMI is made from, as `sha256:<hex>`. */
  recipe: string;
  expect: Expectation;
  /** Where an instance-store AMI's bundle is stored; absent for an EBS-backed one. */
  bundle?: Bundle;
  /** Packer's configuration, before our own options and tags are added. */
  packer: PackerSource;
}

/** A target in a best-effort region that a run skips. */
export interface LeftOut {
  name: string;
  region: string;
  image: string;
  /** A sentence without the full stop. */
  why: string;
}

/** A bundle in S3: `<prefix>.manifest.xml` and its parts, `<prefix>.part.0` and so on. */
export interface Bundle {
  bucket: string;
  /** Neither starts nor ends with a slash. */
  prefix: string;
  credentials: BundleSettings['credentials'];
  /** The partition table to create in the image; absent for none. */
  partition?: 'mbr';
}

/** A base image, found and pinned. */
export interface Base {
  id: string;
  name: string;
  /** The account that owns it. */
  owner: string;
  /** What the config asks for, such as an SSM parameter; the same in every region. It is part of the recipe. */
  asked: string;
  /**
   * `ssm`: the parameter's current value. `images`: Canonical's newest in DescribeImages. `filter`: the newest that matches
   * the config's filter. `fixed`: the id that the config names. `tag`: what the release's existing AMIs were made from.
   */
  via: 'ssm' | 'images' | 'filter' | 'fixed' | 'tag';
  /** AWS shows it only where deprecated images are requested. */
  deprecated?: true;
  /** Its platform is Windows. */
  windows?: true;
}

/** The expected properties of a finished AMI. */
export interface Expectation {
  /** EC2's value: `x86_64`, `arm64`. */
  architecture: string;
  /** EC2's value: `hvm`, `paravirtual`. */
  virtualization: string;
  /** EC2's value: `ebs`, `instance-store`. */
  rootDevice: RootDevice;
  /** `<bucket>/<prefix>.manifest.xml`, for an instance-store AMI. */
  location?: string;
}

export interface PackerSource {
  builder: 'amazon-ebs' | 'amazon-instance';
  options: Record<string, Json>;
  /** In execution order, already selected for this target, without `only` and `except`. */
  provisioners: { type: string; options: Record<string, Json> }[];
}
