import type { Operation } from '../calls/operation.ts';
import { accountDefaultOperations } from './account-defaults.ts';
import { allowedImagesOperations } from './allowed-images.ts';
import { copyOperations } from './copies.ts';
import { deprecationOperations } from './deprecation.ts';
import { deregistrationProtectionOperations } from './deregistration-protection.ts';
import { fleetOperations } from './fleets.ts';
import { imageAncestryOperations } from './image-ancestry.ts';
import { imageAttributeOperations } from './image-attributes.ts';
import { imageCreationOperations } from './image-creation.ts';
import { imageReferenceOperations } from './image-references.ts';
import { imageRegistrationOperations } from './image-registration.ts';
import { imageWatermarkOperations } from './image-watermarks.ts';
import { imageOperations } from './images.ts';
import { ingressOperations } from './ingress.ts';
import { instanceStateOperations } from './instance-states.ts';
import { instanceStatusOperations } from './instance-status.ts';
import { instanceTypeOfferingOperations } from './instance-type-offerings.ts';
import { instanceOperations } from './instances.ts';
import { keyPairOperations } from './key-pairs.ts';
import { launchOperations } from './launch.ts';
import { launchTemplateVersionOperations } from './launch-template-versions.ts';
import { launchTemplateOperations } from './launch-templates.ts';
import { networkOperations } from './network.ts';
import { recycleBinOperations } from './recycle-bin.ts';
import { regionOperations } from './regions.ts';
import { securityGroupOperations } from './security-groups.ts';
import { snapshotAttributeOperations } from './snapshot-attributes.ts';
import { snapshotCreationOperations } from './snapshot-creation.ts';
import { snapshotOperations } from './snapshots.ts';
import { tagOperations } from './tags.ts';
import { volumeCreationOperations } from './volume-creation.ts';
import { volumeOperations } from './volumes.ts';

export { runningMachines } from './instance-records.ts';

/** What the sandbox has of EC2. */
export const ec2Operations: Record<string, Operation> = {
  ...accountDefaultOperations,
  ...allowedImagesOperations,
  ...copyOperations,
  ...deprecationOperations,
  ...deregistrationProtectionOperations,
  ...fleetOperations,
  ...imageAncestryOperations,
  ...imageAttributeOperations,
  ...imageCreationOperations,
  ...imageOperations,
  ...imageReferenceOperations,
  ...imageRegistrationOperations,
  ...imageWatermarkOperations,
  ...ingressOperations,
  ...instanceOperations,
  ...instanceStateOperations,
  ...instanceStatusOperations,
  ...instanceTypeOfferingOperations,
  ...keyPairOperations,
  ...launchOperations,
  ...launchTemplateOperations,
  ...launchTemplateVersionOperations,
  ...networkOperations,
  ...recycleBinOperations,
  ...regionOperations,
  ...securityGroupOperations,
  ...snapshotAttributeOperations,
  ...snapshotCreationOperations,
  ...snapshotOperations,
  ...tagOperations,
  ...volumeCreationOperations,
  ...volumeOperations,
};
