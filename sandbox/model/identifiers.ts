import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from './aws-error.ts';

/** AWS's error codes for the ids of each kind of resource: "Error codes for the Amazon EC2 API". */
const kinds = {
  ami: {
    type: 'image',
    malformed: 'InvalidAMIID.Malformed',
    absent: 'InvalidAMIID.NotFound',
    says: (id: string) => `The image id '[${id}]' does not exist`,
    sayAll: (ids: string[]) => `The image ids '[${ids.join(', ')}]' do not exist`,
  },
  snap: {
    type: 'snapshot',
    malformed: 'InvalidSnapshotID.Malformed',
    absent: 'InvalidSnapshot.NotFound',
    says: (id: string) => `The snapshot '${id}' does not exist.`,
  },
  i: {
    type: 'instance',
    malformed: 'InvalidInstanceID.Malformed',
    absent: 'InvalidInstanceID.NotFound',
    says: (id: string) => `The instance ID '${id}' does not exist`,
    sayAll: (ids: string[]) => `The instance IDs '${ids.join(', ')}' do not exist`,
  },
  vol: {
    type: 'volume',
    malformed: 'InvalidVolumeID.Malformed',
    absent: 'InvalidVolume.NotFound',
    says: (id: string) => `The volume '${id}' does not exist.`,
  },
  sg: {
    type: 'security-group',
    malformed: 'InvalidGroupId.Malformed',
    absent: 'InvalidGroup.NotFound',
    says: (id: string) => `The security group '${id}' does not exist`,
  },
  key: {
    type: 'key-pair',
    malformed: 'InvalidParameterValue',
    absent: 'InvalidKeyPair.NotFound',
    says: (id: string) => `The key pair ID '${id}' does not exist`,
  },
  vpc: {
    type: 'vpc',
    malformed: 'InvalidVpcID.Malformed',
    absent: 'InvalidVpcID.NotFound',
    says: (id: string) => `The vpc ID '${id}' does not exist`,
  },
  subnet: {
    type: 'subnet',
    malformed: 'InvalidSubnetId.Malformed',
    absent: 'InvalidSubnetID.NotFound',
    says: (id: string) => `The subnet ID '${id}' does not exist`,
  },
  eni: {
    type: 'network-interface',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    absent: 'InvalidNetworkInterfaceID.NotFound',
    says: (id: string) => `The networkInterface ID '${id}' does not exist`,
  },
  lt: {
    type: 'launch-template',
    malformed: 'InvalidLaunchTemplateId.Malformed',
    absent: 'InvalidLaunchTemplateId.NotFound',
    says: (id: string) => `The specified launch template, with template ID ${id}, does not exist.`,
  },
  cr: {
    type: 'capacity-reservation',
    malformed: 'InvalidCapacityReservationId.Malformed',
    absent: 'InvalidCapacityReservationId.NotFound',
    says: (id: string) => `The capacity reservation ID '${id}' does not exist`,
  },
  sgr: {
    type: 'security-group-rule',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
    absent: 'InvalidSecurityGroupRuleId.NotFound',
    says: (id: string) => `The security group rule ID '${id}' does not exist`,
  },
  rtb: {
    type: 'route-table',
    malformed: 'InvalidRouteTableId.Malformed',
    absent: 'InvalidRouteTableID.NotFound',
    says: (id: string) => `The routeTable ID '${id}' does not exist`,
  },
  rtbassoc: {
    type: 'route-table-association',
    malformed: 'InvalidRouteTableAssociationId.Malformed',
    absent: 'InvalidAssociationID.NotFound',
    says: (id: string) => `The association ID '${id}' does not exist`,
  },
  igw: {
    type: 'internet-gateway',
    malformed: 'InvalidInternetGatewayId.Malformed',
    absent: 'InvalidInternetGatewayID.NotFound',
    says: (id: string) => `The internetGateway ID '${id}' does not exist`,
  },
  nat: {
    type: 'natgateway',
    malformed: 'InvalidNatGatewayID.Malformed',
    absent: 'NatGatewayNotFound',
    says: (id: string) => `NAT gateway ${id} was not found`,
  },
  eipalloc: {
    type: 'elastic-ip',
    malformed: 'InvalidAllocationID.Malformed',
    absent: 'InvalidAllocationID.NotFound',
    says: (id: string) => `The allocation ID '${id}' does not exist`,
  },
  eipassoc: {
    type: 'elastic-ip-association',
    malformed: 'InvalidAssociationID.Malformed',
    absent: 'InvalidAssociationID.NotFound',
    says: (id: string) => `The association ID '${id}' does not exist`,
  },
  sir: {
    type: 'spot-instances-request',
    malformed: 'InvalidSpotInstanceRequestID.Malformed',
    absent: 'InvalidSpotInstanceRequestID.NotFound',
    says: (id: string) => `The spot instance request ID '${id}' does not exist`,
  },
  acl: {
    type: 'network-acl',
    malformed: 'InvalidNetworkAclId.Malformed',
    absent: 'InvalidNetworkAclID.NotFound',
    says: (id: string) => `The networkAcl ID '${id}' does not exist`,
  },
  'import-snap': {
    type: 'import-snapshot-task',
    malformed: 'InvalidConversionTaskId.Malformed',
    absent: 'InvalidConversionTaskId',
    says: (id: string) => `The conversion task ID '${id}' does not exist`,
  },
  // No page states the codes of these; they follow those of other resources.
  amiur: {
    type: 'image-usage-report',
    malformed: 'InvalidImageUsageReportId.Malformed',
    absent: 'InvalidImageUsageReportId.NotFound',
    says: (id: string) => `The image usage report ID '${id}' does not exist`,
  },
} as const;

export type Prefix = keyof typeof kinds;

/** Ids of Spot requests are short: `sir-` and eight letters and digits. */
export const newSpotRequestId = (): string => `sir-${randomBytes(4).toString('hex')}`;

/** A new random id: the prefix, a dash, `0` and 16 hexadecimal digits. */
export const newId = (prefix: Prefix | 'r'): string => `${prefix}-0${randomBytes(8).toString('hex')}`;

/** An id derived from its parts: the same parts always give the same id. */
export const derivedId = (prefix: Prefix, ...parts: string[]): string =>
  `${prefix}-0${createHash('sha256')
    .update([prefix, ...parts].join('\n'))
    .digest('hex')
    .slice(0, 16)}`;

export const prefixOf = (id: string): Prefix | undefined => {
  const [prefix = ''] = /^(import-snap|[^-]*)/.exec(id) ?? [];
  return prefix in kinds ? (prefix as Prefix) : undefined;
};

/** The resource type that tags use for this prefix: `image`, `key-pair`. */
export const resourceType = (prefix: Prefix): string => kinds[prefix].type;

/** Throws the resource's `Malformed` error unless the id is well-formed: 8 or 17 hexadecimal digits. */
export const checkId = (prefix: Prefix, id: string): void => {
  const digits = prefix === 'sir' ? '[0-9a-z]{8}' : '[0-9a-f]{8}([0-9a-f]{9})?';
  if (!new RegExp(`^${prefix}-${digits}$`).test(id)) {
    throw new AwsError(kinds[prefix].malformed, `Invalid id: "${id}" (expecting "${prefix}-...")`);
  }
};

export const notFound = (prefix: Prefix, id: string): AwsError =>
  new AwsError(kinds[prefix].absent, kinds[prefix].says(id));

/** The result of `find` for an id. Throws the resource's own errors for a malformed id and for one that is not found. */
export const lookUp = <T>(prefix: Prefix, id: string, find: (id: string) => T | undefined): T => {
  checkId(prefix, id);
  const found = find(id);
  if (found === undefined) throw notFound(prefix, id);
  return found;
};

/** The same for a list; all ids are checked for their form before any is looked up, as EC2 does. */
export const lookUpAll = <T>(prefix: Prefix, ids: string[], find: (id: string) => T | undefined): T[] => {
  for (const id of ids) checkId(prefix, id);
  const unique = [...new Set(ids)];
  const absent = unique.filter((id) => find(id) === undefined);
  const kind = kinds[prefix];
  if (absent.length > 1 && 'sayAll' in kind) throw new AwsError(kind.absent, kind.sayAll(absent));
  return unique.map((id) => lookUp(prefix, id, find));
};
