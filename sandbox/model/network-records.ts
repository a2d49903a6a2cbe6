/** What the sandbox keeps of networks. What a new account has and what settings declare is in no record until it is changed. */
export interface VpcRecord {
  id: string;
  cidr: string;
  /** Further blocks of it. */
  otherCidrs?: string[];
  isDefault: boolean;
  tenancy: 'default' | 'dedicated';
  dnsSupport: boolean;
  dnsHostnames: boolean;
  /** Whether the rehearsal stands inside it, so that private addresses can be reached. */
  inside?: true;
}

export interface SubnetRecord {
  id: string;
  vpc: string;
  zone: string;
  cidr: string;
  /** Whether it is the one that a launch without a subnet uses in its zone. */
  isDefault: boolean;
  mapsPublicIp: boolean;
  /** How many of its addresses are in use by what is not here. */
  taken?: number;
}

export interface RouteTableRecord {
  id: string;
  vpc: string;
  /** Without the local route, which every table has. */
  routes: RouteRecord[];
  associations: RouteTableAssociation[];
}

/** Without a subnet: as the main table, of all subnets that have none of their own. */
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
  /** Of the Elastic IP address that a public one has. */
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
