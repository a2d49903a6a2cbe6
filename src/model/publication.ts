/**
 * A publication after `configs/*.json` was read: the matrix not yet expanded, defaults filled in,
 * every rule that needs no look at the world already held.
 */
export interface Publication {
  /** The name in `configs/`: `test-ebs`. */
  name: string;
  /** The config file as the user named it, for messages: `configs/test-ebs.json`. */
  file: string;
  /** Absolute path of the folder that Packer runs in; relative paths of provisioners start here. */
  folder: string;
  version: string;
  /** The branch that is checked out where the config is; read only where something says `{git.branch}`. */
  gitBranch?: string;
  /** What `{var.NAME}` stands for in options of builders and provisioners, by name. */
  variables?: Record<string, string>;
  /** Twelve digits; any other account is refused. */
  account?: string;
  /** AMI name with placeholders. */
  amiName: string;
  regions: RegionSettings[];
  images: ImageSettings[];
  provisioners: Provisioner[];
  share: Sharing;
  /** The file that the ids of published AMIs are written to; its path starts in the working folder. */
  record?: string;
}

export interface RegionSettings {
  name: string;
  /** Whether the rest is published where its targets fail here. */
  bestEffort: boolean;
  /** Builder options that hold in this region only, under Packer's own names: `subnet_id`. */
  builder: Record<string, Json>;
}

export interface ImageSettings {
  /** Each combination of these values is one image. Without a matrix: one image, no variables. */
  matrix: Record<string, string[]>;
  /** Name with placeholders: `{ubuntu}-{virtualization}`. */
  name: string;
  /** This image's own AMI name; the publication's where absent. */
  amiName?: string;
  base: BaseSettings;
  architecture: string;
  virtualization: string;
  rootDevice: RootDevice;
  /** What holds for an instance-store image only. */
  bundle: BundleSettings;
  builder: Record<string, Json>;
}

export type RootDevice = 'ebs' | 'instance-store';

/** How an instance-store image comes into S3. */
export interface BundleSettings {
  /** Name of the bucket with placeholders; one of ours, made from account, publication, version and region, where absent. */
  bucket?: string;
  /**
   * What uploads the bundle from the builder: its instance profile, or keys on the command line of the upload, where
   * whoever is on the builder can read them.
   */
  credentials: 'instance-profile' | 'command-line';
}

/** Where the base image comes from. Strings may hold placeholders. */
export type BaseSettings =
  | { ubuntu: string }
  | { ssm: string }
  | { filter: BaseFilter }
  /** By region. */
  | { id: Record<string, string> };

/** The newest image of some owners that matches filters, under the names that DescribeImages gives them. */
export interface BaseFilter {
  /** Account ids, or `self`, `amazon`, `aws-marketplace`. */
  owners: string[];
  filters: Record<string, string[]>;
}

/** As Packer's documentation writes one: `{"type": "shell", …}`. */
export interface Provisioner {
  type: string;
  /** Names of images or targets, not Packer's; resolved when a target's provisioners are made. */
  only?: string[];
  except?: string[];
  [option: string]: Json | undefined;
}

/** The whole truth about who may use the AMIs. Nobody is the default. Lists are sorted and hold each entry once. */
export interface Sharing {
  public: boolean;
  /** Account ids of twelve digits. */
  accounts: string[];
  /** ARNs of organizations and organizational units. */
  organizations: string[];
  /** Whether those who may launch an AMI may also copy it: snapshots are shared with everybody or with accounts. */
  snapshots: boolean;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
