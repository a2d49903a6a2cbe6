import type { Ami } from '../model/ami.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Permission } from '../model/permission.ts';

/** An AMI of the account, as its own region shows it. */
export interface InventoriedAmi {
  ami: Ami;
  /** Its place in this publication; absent if it belongs to another one, or that is unknown. */
  origin?: AmiOrigin;
  launchPermission: Permission;
  /** One for each of its existing snapshots. */
  createVolumePermissions: Permission[];
}

/** An AMI of the account, with all lookups needed to decide whether it may be deleted. */
export interface ConsideredAmi extends InventoriedAmi {
  /** In any region. */
  references: Reference[];
  /** Regions with unknown references to the AMI, each with the failed lookup. */
  unknownReferences: LookupError[];
}

/** Which AMI of a publication this is. */
export interface AmiOrigin {
  /** `official@2.6.3` */
  release: string;
  version: string;
  image: string;
  target: string;
  /** `name`: it is older than gopackgo, and only one target of the publication gives this name. */
  by: 'tag' | 'name';
}

/** A resource that uses the AMI. */
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
  /** In the form people know: `i-0ab…`, `web version 7`, `/images/web`. */
  name: string;
  region: string;
  /** Our own SSM parameter with the release's version in its name: it is deleted with the AMI. */
  own?: true;
}
