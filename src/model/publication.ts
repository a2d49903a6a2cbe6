import type { Origins } from '../lib/origins.ts';
import type { GitSettings } from './git.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Outcome } from './notification-output.ts';
import type { Timeouts } from './timeouts.ts';

/**
 * A publication as read from `configs/*.json`: the matrix not yet expanded, defaults filled in, all rules checked that need no
 * lookup.
 */
export interface Publication {
  /** The name in `configs/`: `test-ebs`. */
  name: string;
  /** The config file as the user named it, for messages: `configs/test-ebs.json`. */
  file: string;
  /** Absolute path of the folder that Packer runs in; relative paths of provisioners start there. */
  folder: string;
  /** Where each value came from; absent if the config extends no other. */
  origins?: Origins;
  version: string;
  /** The version with `{timestamp}`, as the config writes it; absent for any other. */
  versionTemplate?: string;
  /** Whether its version has a pre-release part: other sharing, other records. */
  candidate?: true;
  /** The values of `{timestamp}` and its forms, by placeholder; absent if the version contains no time. */
  moment?: Readonly<Record<string, string>>;
  /** The branch checked out in the config's folder; read only if `{git.branch}` is used. */
  gitBranch?: string;
  /** Values of `{var.NAME}`, by name. */
  variables?: Record<string, VariableValue>;
  /** Of these, the values that are not in the config itself. */
  givenVariables?: Record<string, VariableValue>;
  /** Secret variables, by name; undefined if the value is not needed. A map, so that nothing writes it as JSON. */
  secrets?: ReadonlyMap<string, string | undefined>;
  /** Twelve digits; any other account is refused. */
  account?: string;
  /** AMI name with placeholders. */
  amiName: string;
  regions: RegionSettings[];
  images: ImageSettings[];
  provisioners: Provisioner[];
  /** Globs of files that are part of the recipe although no provisioner names them; a leading `!` excludes. */
  inputs?: string[];
  share: Sharing;
  timeouts?: Timeouts;
  /** The files that list the published AMIs; absent if there are none. */
  record?: RecordSettings[];
  /** Names of SSM parameters, with placeholders, for the published AMIs; absent if there are none. */
  parameters?: string[];
  /** The conditions on git before a build, and the release's tag; absent if git is not used. */
  git?: GitSettings;
  /** Which AMIs of older releases a cleanup deletes by default; absent if the config does not say. */
  retention?: Retention;
  /** What applies to a published release; absent if the config does not say. */
  lifecycle?: Lifecycle;
  /** Who gets the outcome of a release; absent if nobody does. */
  notify?: Channel[];
}

/** At least one of these. */
export interface Retention {
  /** How many of the newest AMIs per image and region are kept. */
  keepLast?: number;
  /** Only older AMIs are deleted: `180d`. */
  olderThan?: string;
  /** How long AMIs are private and disabled before they are deleted: `30d`. */
  retireFor?: string;
}

export const notificationFormats = ['json', 'slack'] as const;

/** Exactly one of `webhook`, `sns` and `command` is present. */
export interface Channel {
  /** The outcomes that it gets. */
  on: readonly Outcome[];
  /** Name of the environment variable that holds the URL. */
  webhook?: string;
  format: (typeof notificationFormats)[number];
  /** ARN of a topic. */
  sns?: string;
  /** A program and its arguments; a relative path starts in `folder`. */
  command?: string[];
}

export const recordFormats = ['ids', 'terraform', 'cloudformation', 'json', 'markdown'] as const;

export type RecordFormatName = (typeof recordFormats)[number];

export interface RecordSettings {
  /** Path, relative to the working folder. */
  file: string;
  as: RecordFormatName;
  /** Terraform's variable, or CloudFormation's mapping; absent: named after the publication. */
  name?: string;
}

export interface RegionSettings {
  name: string;
  /** Whether the other regions are published even if targets fail in this one. */
  bestEffort: boolean;
  /** Whether images are built here even if they are copied from another region. */
  build?: true;
  /** Builder options for this region only, under Packer's names: `subnet_id`. */
  builder: Record<string, Json>;
}

export interface ImageSettings {
  /** Each combination of these values is one image. Without a matrix: one image, no variables. */
  matrix: Record<string, string[]>;
  /** Combinations of the matrix without an image. */
  exclude?: Record<string, string>[];
  /** The regions in which it exists; all if absent. */
  regions?: string[];
  /** Name with placeholders: `{ubuntu}-{virtualization}`. */
  name: string;
  /** This image's own AMI name; the publication's if absent. */
  amiName?: string;
  base: BaseSettings;
  architecture: string;
  virtualization: string;
  rootDevice: RootDevice;
  /** The one region in which it is built; others get copies. Absent: it is built in every region. */
  copyFrom?: Placed<{ region: string }>;
  /** For timed copies: the minutes in which EC2 has to complete one, at a charge. */
  copyWithin?: Placed<{ minutes: number }>;
  /** How its volumes are encrypted. Absent: its mappings, the account and the base image decide. */
  encryption?: Placed<EncryptionSettings>;
  /** Only for an instance-store image. */
  bundle: BundleSettings;
  builder: Record<string, Json>;
}

/** A setting, with its place in the config: `copyFrom`, or `images[0].copyFrom`. */
type Placed<Setting> = Setting & { place: string };

export interface EncryptionSettings {
  /** A KMS key by id, alias or ARN, for all regions or by region. Absent: each region's default EBS key. */
  kmsKey?: string | Record<string, string>;
}

export type RootDevice = 'ebs' | 'instance-store';

/** How an instance-store image is uploaded to S3. */
export interface BundleSettings {
  /** Bucket name with placeholders; absent: a generated one from account, publication, version and region. */
  bucket?: string;
  /**
   * The credentials for the upload from the builder: its instance profile, or keys on the command line, where anyone on the
   * builder can read them.
   */
  credentials: 'instance-profile' | 'command-line';
}

/** Where the base image comes from. Strings may contain placeholders. */
export type BaseSettings =
  | { ubuntu: string }
  | { ssm: string }
  | { filter: BaseFilter }
  /** By region. */
  | { id: Record<string, string> }
  | PublishedBase;

/** The AMI of an image that another publication published. */
export interface PublishedBase {
  publication: string;
  image: string;
  /** A version, or `latest`. */
  release: string;
  /** The account that published it: twelve digits; absent: the publishing account itself. */
  owner?: string;
  /** The name of that account's AMIs, with `{version}`, since AWS does not show their tags. Only with `owner`. */
  amiName?: string;
}

/** The newest image of these owners that matches filters, under DescribeImages' names. */
export interface BaseFilter {
  /** Account ids, or `self`, `amazon`, `aws-marketplace`. */
  owners: string[];
  filters: Record<string, string[]>;
}

/** In the form of Packer's documentation: `{"type": "shell", …}`. */
export interface Provisioner {
  type: string;
  /** Names of images or targets, not Packer's; resolved for each target. */
  only?: string[];
  except?: string[];
  [option: string]: Json | undefined;
}

/** Exactly who may use the AMIs; nobody by default. Lists are sorted and without duplicates. */
export interface Sharing {
  public: boolean;
  /** Account ids of twelve digits. */
  accounts: string[];
  /** ARNs of organizations and organizational units. */
  organizations: string[];
  /** Whether those who may launch an AMI may also copy it: its snapshots are shared too, with everybody or with accounts. */
  snapshots: boolean;
}

export type VariableValue = string | number | boolean | string[];

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
