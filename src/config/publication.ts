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
  rootDevice: 'ebs';
  builder: Record<string, Json>;
}

/** Where the base image comes from. Strings may hold placeholders. */
export type BaseSettings = { ubuntu: string } | { ssm: string };

/** As Packer's documentation writes one: `{"type": "shell", …}`. */
export interface Provisioner {
  type: string;
  /** Names of images or targets, not Packer's; resolved when a target's provisioners are made. */
  only?: string[];
  except?: string[];
  [option: string]: Json | undefined;
}

/** The whole truth about who may use the AMIs. Nobody is the default. */
export interface Sharing {
  /** Account ids of twelve digits, sorted, each once. */
  accounts: string[];
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
