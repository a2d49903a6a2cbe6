/** A network as settings declare it: what an account has of its own before anybody asks. */
export interface DeclaredVpc {
  /** One that follows from account, region and CIDR block where it is left out. */
  id?: string;
  /** `10.0.0.0/16` */
  cidr: string;
  /** Whether it is the region's default VPC. */
  default?: boolean;
  /** Whether the rehearsal stands inside it, as in a runner of one's own or behind a VPN. */
  inside?: boolean;
  tags?: Record<string, string>;
  subnets?: DeclaredSubnet[];
  securityGroups?: DeclaredSecurityGroup[];
}

export interface DeclaredSubnet {
  id?: string;
  /** Name of the zone, or its letter alone. */
  zone: string;
  cidr: string;
  /** Whether its route table leads to the VPC's internet gateway. */
  public?: boolean;
  /** Whether instances get a public address unless they say otherwise; as `default` of the VPC where it is left out. */
  mapPublicIpOnLaunch?: boolean;
  tags?: Record<string, string>;
}

export interface DeclaredSecurityGroup {
  id?: string;
  name: string;
  description?: string;
  /** Nothing by default. */
  ingress?: DeclaredRule[];
  /** Everything by default. */
  egress?: DeclaredRule[];
  tags?: Record<string, string>;
}

/** A rule for an address range or for the members of a group, by its id or its name in the same VPC. */
export interface DeclaredRule {
  /** `tcp`, `udp`, `icmp`, `icmpv6` or `-1` for all; `tcp` by default. */
  protocol?: string;
  /** Both ports, or the first of them. */
  port?: number;
  /** The last port, where it is another one. */
  toPort?: number;
  cidr?: string;
  group?: string;
  description?: string;
}
