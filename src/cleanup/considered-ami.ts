import type { Ami } from '../model/ami.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Permission } from '../model/permission.ts';

/** An AMI of the account, as its own region shows it. */
export interface InventoriedAmi {
  ami: Ami;
  /** Which AMI of this publication it is; absent where it belongs to another one, or that is not known. */
  origin?: AmiOrigin;
  launchPermission: Permission;
  /** Of each of its snapshots that exists. */
  createVolumePermissions: Permission[];
}

/** An AMI of the account, with everything that was looked up to decide whether it may be deleted. */
export interface ConsideredAmi extends InventoriedAmi {
  /** In any region. */
  references: Reference[];
  /** Regions of which it is not known what refers to the AMI there, each with the lookup that failed. */
  unknownReferences: LookupError[];
}

/** Which AMI of a publication one is. */
export interface AmiOrigin {
  /** `official@2.6.3` */
  release: string;
  version: string;
  image: string;
  target: string;
  /** `name`: it is older than gopackgo, and its name is exactly one that the publication gives. */
  by: 'tag' | 'name';
}

/** Something that uses the AMI. */
export interface Reference {
  kind:
    | 'instance'
    | 'launch template'
    | 'launch configuration'
    | 'Auto Scaling group'
    | 'EC2 Fleet'
    | 'Spot Fleet'
    | 'SSM parameter'
    | 'image recipe';
  /** As a person finds it: `i-0ab…`, `web version 7`, `/images/web`. */
  name: string;
  region: string;
  /** An SSM parameter of ours that has the release's version in its name: it is deleted with the AMI. */
  own?: true;
}
