import type { Ami } from '../model/ami.ts';
import { okLookup } from '../model/lookup.ts';
import {
  isEmpty,
  nobody,
  type Permission,
  type PermissionChange,
  permissionChange,
} from '../model/permission.ts';
import type { Sharing } from '../model/publication.ts';
import type { AmiDetails } from '../model/sighting.ts';
import { createdSnapshots } from './created-snapshots.ts';

export interface ChangeOfPermission {
  kind: 'snapshot' | 'AMI';
  id: string;
  change: PermissionChange;
}

/** The launch permission that the config asks for. Pure. */
export const wantedOfAmi = (sharing: Sharing): Permission => ({
  public: sharing.public,
  accounts: sharing.accounts,
  others: sharing.organizations,
});

/**
 * The createVolumePermission that the config asks for: who may create volumes from the snapshots, and so copy the AMI. It never
 * contains organizations, because that permission has no field for them ("CreateVolumePermission", Amazon EC2 API Reference).
 * Pure.
 */
export const wantedOfSnapshots = (sharing: Sharing): Permission =>
  sharing.snapshots ? { public: sharing.public, accounts: sharing.accounts, others: [] } : nobody;

/** Whether only the owner may use the AMIs. Pure. */
export const isPrivate = (sharing: Sharing): boolean => isEmpty(wantedOfAmi(sharing));

/**
 * The permissions of an AMI and its snapshots that have to change, snapshots first. A snapshot in the block device mapping that
 * was not created with the AMI is not ours to share; for an instance-store AMI that is every snapshot. Pure.
 */
export function permissionsToChange(ami: Ami, details: AmiDetails, sharing: Sharing): ChangeOfPermission[] {
  const ofSnapshot = wantedOfSnapshots(sharing);
  const snapshots = ownSnapshots(ami, details).flatMap((id) => {
    const has = details.createVolumePermission[id];
    const change = has && permissionChange(has, ofSnapshot);
    return change ? [{ kind: 'snapshot' as const, id, change }] : [];
  });
  const change = permissionChange(launchPermissionOf(ami, details, sharing), wantedOfAmi(sharing));
  return [...snapshots, ...(change ? [{ kind: 'AMI' as const, id: ami.id, change }] : [])];
}

const ownSnapshots = (ami: Ami, details: AmiDetails): string[] =>
  ami.rootDevice === 'ebs' ? createdSnapshots({ ami, details: okLookup(details) }) : [];

/**
 * Snapshots of the user's own in the AMI's block device mapping that are not shared with everyone who gets the AMI. Copying the
 * AMI needs them, but their permissions are not changed. Pure.
 */
export function notShared(ami: Ami, details: AmiDetails, sharing: Sharing): string[] {
  const own = ownSnapshots(ami, details);
  return ami.snapshots.filter((id) => {
    const has = details.createVolumePermission[id];
    const change = has && !own.includes(id) && permissionChange(has, wantedOfSnapshots(sharing));
    return change && !isEmpty(change.add);
  });
}

/** `Public` of DescribeImages and the launch permission may disagree for a while: both must have the wanted value. */
function launchPermissionOf(
  { public: shown }: Ami,
  { launchPermission }: AmiDetails,
  sharing: Sharing,
): Permission {
  const { public: listed } = launchPermission;
  return { ...launchPermission, public: sharing.public ? listed && shown : listed || shown };
}
