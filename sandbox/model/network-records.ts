/** The sandbox's network records. Networks of a new account and declared networks have no record until they are changed. */
export interface VpcRecord {
  id: string;
  cidr: string;
  /** Additional CIDR blocks. */
  otherCidrs?: string[];
  isDefault: boolean;
  tenancy: 'default' | 'dedicated';
  dnsSupport: boolean;
  dnsHostnames: boolean;
  /** Whether the rehearsal runs inside it, so that private addresses can be reached. */
  inside?: true;
}

export interface SubnetRecord {
  id: string;
  vpc: string;
  zone: string;
  cidr: string;
  /** Whether a launch without a subnet uses it in its zone. */
  isDefault: boolean;
  mapsPublicIp: boolean;
  /** How many of its addresses are used by resources outside the sandbox. */
  taken?: number;
}

export interface RouteTableRecord {
  id: string;
  vpc: string;
  /** Without the local route, which every table has. */
  routes: RouteRecord[];
  associations: RouteTableAssociation[];
}

/** Without a subnet: the main table, for all subnets without one of their own. */
export interface RouteTableAssociation {
  id: string;
  subnet?: string;
}

export interface RouteRecord {
  cidr: string;
  target: { internetGateway: string } | { natGateway: string };
}

export interface InternetGatewayRecord {
  id: string;
  vpc?: string;
}

export interface NatGatewayRecord {
  id: string;
  vpc: string;
  subnet: string;
  isPublic: boolean;
  /** Allocation of the Elastic IP address of a public gateway. */
  allocation?: string;
  networkInterface: string;
  privateAddress: string;
  createdAt: string;
  deletedAt?: string;
  failure?: { code: string; message: string };
}

/** An Elastic IP address. */
export interface AddressRecord {
  allocation: string;
  address: string;
}
