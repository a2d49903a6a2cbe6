/** The sandbox's answer to a request that was wrong in one place. */
export interface Observation {
  service: string;
  operation: string;
  /** The kind of mistake. */
  kind: string;
  /** Its place, by the names of members; a filter's name or a page size if these were wrong. */
  at: string;
  /** The kind of the requested ids: `ami`; `Resources` for an id of any kind. */
  prefix: string;
  status: number;
  /** Empty if it was carried out. */
  code: string;
  message: string;
  /** Departures from the protocol or the operation's model. */
  problems: string[];
}

/** A known difference from what AWS's documentation states. */
export interface Difference {
  services: string[];
  kind: string;
  /** All operations of the services if absent. */
  operations?: string[];
  at?: string;
  answered: string;
  reason: string;
  /** The source: where AWS documents it, or was observed to do it. */
  source: string;
}

const malformed: Record<string, string> = {
  Resources: 'InvalidID',
  acl: 'InvalidNetworkAclId.Malformed',
  ami: 'InvalidAMIID.Malformed',
  eipalloc: 'InvalidAllocationID.Malformed',
  eni: 'InvalidNetworkInterfaceId.Malformed',
  i: 'InvalidInstanceID.Malformed',
  igw: 'InvalidInternetGatewayId.Malformed',
  key: 'InvalidParameterValue',
  lt: 'InvalidLaunchTemplateId.Malformed',
  nat: 'InvalidNatGatewayID.Malformed',
  rtb: 'InvalidRouteTableId.Malformed',
  sg: 'InvalidGroupId.Malformed',
  sgr: 'InvalidSecurityGroupRuleId.Malformed',
  snap: 'InvalidSnapshotID.Malformed',
  sir: 'InvalidSpotInstanceRequestID.Malformed',
  subnet: 'InvalidSubnetId.Malformed',
  vol: 'InvalidVolumeID.Malformed',
  vpc: 'InvalidVpcID.Malformed',
};

const absent: Record<string, string> = {
  acl: 'InvalidNetworkAclID.NotFound',
  ami: 'InvalidAMIID.NotFound',
  eipalloc: 'InvalidAllocationID.NotFound',
  eipassoc: 'InvalidAssociationID.NotFound',
  eni: 'InvalidNetworkInterfaceID.NotFound',
  i: 'InvalidInstanceID.NotFound',
  igw: 'InvalidInternetGatewayID.NotFound',
  key: 'InvalidKeyPair.NotFound',
  lt: 'InvalidLaunchTemplateId.NotFound',
  nat: 'NatGatewayNotFound',
  rtb: 'InvalidRouteTableID.NotFound',
  sg: 'InvalidGroup.NotFound',
  sgr: 'InvalidSecurityGroupRuleId.NotFound',
  snap: 'InvalidSnapshot.NotFound',
  sir: 'InvalidSpotInstanceRequestID.NotFound',
  subnet: 'InvalidSubnetID.NotFound',
  vol: 'InvalidVolume.NotFound',
  vpc: 'InvalidVpcID.NotFound',
};

/** "Error codes for the Amazon EC2 API", Amazon EC2 API Reference. */
const ofEc2: Record<string, string> = {
  'documented-filter': '',
  'dry-run': 'DryRunOperation',
  'dry-run-forbidden': 'UnauthorizedOperation',
  enum: 'InvalidParameterValue',
  'junk-token': 'InvalidNextToken',
  'max-results': 'InvalidMaxResults',
  missing: 'MissingParameter',
  type: 'InvalidParameterValue',
  unknown: 'UnknownParameter',
  'unknown-filter': 'InvalidFilter',
  valid: '',
};

/** "Common Error Types" of the services' API references, and the errors that an operation's page lists. */
const ofOthers: Record<string, string> = {
  enum: 'ValidationError',
  'junk-token': 'InvalidNextToken',
  'malformed-id': 'ValidationError',
  'max-results': 'ValidationError',
  missing: 'ValidationError',
  type: 'ValidationError',
  unknown: 'ValidationError',
  'unknown-filter': 'ValidationError',
  'unknown-id': 'ValidationError',
  valid: '',
};

/** The error code that AWS documents for such a request; empty if it is carried out, undefined if none is documented. */
export const documentedCode = ({ service, kind, prefix }: Observation): string | undefined => {
  if (service !== 'ec2') return ofOthers[kind];
  if (kind === 'malformed-id') return malformed[prefix];
  if (kind === 'unknown-id') return absent[prefix];
  return ofEc2[kind];
};

/** The HTTP status that goes with a code. */
export const documentedStatus = (code: string): number =>
  ({ '': 200, DryRunOperation: 412, NotImplementedBySandbox: 501, UnauthorizedOperation: 403 })[code] ?? 400;

export const isOf = (difference: Difference, seen: Observation): boolean =>
  difference.services.includes(seen.service) &&
  difference.kind === seen.kind &&
  (difference.operations?.includes(seen.operation) ?? true) &&
  (difference.at === undefined || difference.at === seen.at) &&
  difference.answered === seen.code;
