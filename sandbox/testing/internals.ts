/**
 * Internals for comparisons of the sandbox: judges, which compare it with other clients and with AWS's documents, and tests of
 * its documentation. Other tests do not use them.
 */

export { operations } from '../aws.ts';
export type { CallRecord } from '../calls/call-log.ts';
export { fieldsOf, writeStored } from '../ec2/stored-images.ts';
export { kinderThanAws } from '../model/behaviour.ts';
export type { SpotFleetRecord } from '../model/fleet-records.ts';
export type {
  AddressRecord,
  NatGatewayRecord,
  RouteRecord,
  SubnetRecord,
  VpcRecord,
} from '../model/network-records.ts';
export type {
  AutoScalingGroupRecord,
  ImageRecord,
  ImageUsageReportRecord,
  InstanceRecord,
  KeyPairRecord,
  LaunchConfigurationRecord,
  ParameterRecord,
  SecurityGroupRecord,
  SecurityGroupRule,
  SnapshotRecord,
  StoreImageTaskRecord,
  VolumeRecord,
} from '../model/records.ts';
export type { SpotRequestRecord } from '../model/spot-records.ts';
export type { ImportSnapshotTaskRecord } from '../model/task-records.ts';
export { writeContent } from '../s3/content.ts';
export { parseFaults } from '../server/fault-script.ts';
export { readBody } from '../server/read-body.ts';
export { parseBehaviour } from '../server/settings-file.ts';
export { Store } from '../state/store.ts';
export { requiredMembers } from '../wire/members.ts';
export { createMirror } from '../wire/mirror.ts';
export { type ServiceName, serviceNamed, serviceOf } from '../wire/service.ts';
