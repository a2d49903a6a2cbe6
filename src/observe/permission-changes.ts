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

/** Who may launch an AMI by the config. Pure. */
export const wantedOfAmi = (sharing: Sharing): Permission => ({
  public: sharing.public,
  accounts: sharing.accounts,
  others: sharing.organizations,
});

/**
 * Who may make volumes of its snapshots, and so copy the AMI. Organizations are never among them: the permission of a
 * snapshot has no entry for them ("CreateVolumePermission", Amazon EC2 API Reference). Pure.
 */
export const wantedOfSnapshots = (sharing: Sharing): Permission =>
  sharing.snapshots ? { public: sharing.public, accounts: sharing.accounts, others: [] } : nobody;

/** Whether nobody but the owner is to have the AMIs. Pure. */
export const isPrivate = (sharing: Sharing): boolean => isEmpty(wantedOfAmi(sharing));

/**
 * Which permissions of an AMI and its snapshots are not what they should be: snapshots first, then the AMI. A
 * snapshot that its block devices name and that was not made with it is not ours to share; what lies in S3 has no others. Pure.
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
 * Snapshots of the user's own that the AMI's block devices name, and that not all have who are to have the AMI: whoever
 * copies it needs them, and their permissions stay as they are. Pure.
 */
export function notShared(ami: Ami, details: AmiDetails, sharing: Sharing): string[] {
  const own = ownSnapshots(ami, details);
  return ami.snapshots.filter((id) => {
    const has = details.createVolumePermission[id];
    const change = has && !own.includes(id) && permissionChange(has, wantedOfSnapshots(sharing));
    return change && !isEmpty(change.add);
  });
}

/** `Public` of DescribeImages and the list may disagree for a while: what is wanted has to be in both, what is not in neither. */
function launchPermissionOf(
  { public: shown }: Ami,
  { launchPermission }: AmiDetails,
  sharing: Sharing,
): Permission {
  const { public: listed } = launchPermission;
  return { ...launchPermission, public: sharing.public ? listed && shown : listed || shown };
}
