import type { Operation } from '../calls/operation.ts';
import { accountAttributeOperations } from './account-attributes.ts';
import { accountDefaultOperations } from './account-defaults.ts';
import { addressOperations } from './addresses.ts';
import { allowedImagesOperations } from './allowed-images.ts';
import { copyOperations } from './copies.ts';
import { createFleetOperations } from './create-fleet.ts';
import { deprecationOperations } from './deprecation.ts';
import { deregistrationProtectionOperations } from './deregistration-protection.ts';
import { describeInstanceTypesOperations } from './describe-instance-types.ts';
import { fleetOperations } from './fleets.ts';
import { imageAncestryOperations } from './image-ancestry.ts';
import { imageAttributeOperations } from './image-attributes.ts';
import { imageCreationOperations } from './image-creation.ts';
import { imageFindingOperations } from './image-findings.ts';
import { imageInstanceTypeOperations } from './image-instance-types.ts';
import { imageReferenceOperations } from './image-references.ts';
import { imageRegistrationOperations } from './image-registration.ts';
import { imageRestoreOperations } from './image-restores.ts';
import { imageStoreOperations } from './image-stores.ts';
import { imageUsageReportOperations } from './image-usage-reports.ts';
import { imageWatermarkOperations } from './image-watermarks.ts';
import { imageOperations } from './images.ts';
import { importSnapshotOperations } from './import-snapshots.ts';
import { instanceConsoleOperations } from './instance-console.ts';
import { instanceStateOperations } from './instance-states.ts';
import { instanceStatusOperations } from './instance-status.ts';
import { instanceTypeOfferingOperations } from './instance-type-offerings.ts';
import { instanceOperations } from './instances.ts';
import { internetGatewayOperations } from './internet-gateways.ts';
import { keyPairOperations } from './key-pairs.ts';
import { launchOperations } from './launch.ts';
import { launchTemplateVersionOperations } from './launch-template-versions.ts';
import { launchTemplateOperations } from './launch-templates.ts';
import { natGatewayOperations } from './nat-gateways.ts';
import { networkAclOperations } from './network-acls.ts';
import { networkInterfaceOperations } from './network-interfaces.ts';
import { recycleBinOperations } from './recycle-bin.ts';
import { regionOperations } from './regions.ts';
import { routeTableOperations } from './route-tables.ts';
import { securityGroupRuleOperations } from './security-group-rules.ts';
import { securityGroupOperations } from './security-groups.ts';
import { snapshotAttributeOperations } from './snapshot-attributes.ts';
import { snapshotCreationOperations } from './snapshot-creation.ts';
import { snapshotOperations } from './snapshots.ts';
import { spotPriceOperations } from './spot-prices.ts';
import { spotRequestOperations } from './spot-requests.ts';
import { subnetOperations } from './subnets.ts';
import { tagOperations } from './tags.ts';
import { volumeCreationOperations } from './volume-creation.ts';
import { volumeOperations } from './volumes.ts';
import { vpcOperations } from './vpcs.ts';

export { doDueWork } from './due-work.ts';
export { runningMachines } from './instance-records.ts';
export { interruptSpot } from './instance-states.ts';
export { isReachable } from './reachability.ts';

/** The sandbox's EC2 operations. */
export const ec2Operations: Record<string, Operation> = {
  ...accountDefaultOperations,
  ...allowedImagesOperations,
  ...copyOperations,
  ...createFleetOperations,
  ...deprecationOperations,
  ...deregistrationProtectionOperations,
  ...describeInstanceTypesOperations,
  ...fleetOperations,
  ...imageAncestryOperations,
  ...imageFindingOperations,
  ...imageInstanceTypeOperations,
  ...accountAttributeOperations,
  ...imageAttributeOperations,
  ...imageCreationOperations,
  ...imageOperations,
  ...imageReferenceOperations,
  ...imageUsageReportOperations,
  ...imageRegistrationOperations,
  ...imageRestoreOperations,
  ...imageStoreOperations,
  ...imageWatermarkOperations,
  ...importSnapshotOperations,
  ...instanceOperations,
  ...instanceConsoleOperations,
  ...instanceStateOperations,
  ...instanceStatusOperations,
  ...instanceTypeOfferingOperations,
  ...keyPairOperations,
  ...launchOperations,
  ...launchTemplateOperations,
  ...launchTemplateVersionOperations,
  ...recycleBinOperations,
  ...regionOperations,
  ...securityGroupOperations,
  ...snapshotAttributeOperations,
  ...snapshotCreationOperations,
  ...snapshotOperations,
  ...tagOperations,
  ...volumeCreationOperations,
  ...volumeOperations,
  ...vpcOperations,
  ...spotPriceOperations,
  ...spotRequestOperations,
  ...subnetOperations,
  ...securityGroupRuleOperations,
  ...routeTableOperations,
  ...networkInterfaceOperations,
  ...networkAclOperations,
  ...natGatewayOperations,
  ...internetGatewayOperations,
  ...addressOperations,
};
