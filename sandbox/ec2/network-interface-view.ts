import { createHash } from 'node:crypto';
import type { InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import type { InstanceRecord } from '../model/records.ts';
import { securityGroupsOf, vpcsOf } from './network-records.ts';

export const dnsName = ({ region }: Context, address: string): string =>
  `ec2-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'compute-1' : `${region}.compute`}.amazonaws.com`;

export const privateDnsName = ({ region }: Context, address: string): string =>
  `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`;

/**
 * The address at which an instance can be reached from outside; undefined if it currently has none. An Elastic IP address
 * replaces the one that AWS assigned, and stays while the instance is stopped ("Amazon EC2 instance IP addressing").
 */
export const publicAddressOf = ({
  state,
  isPublic,
  address,
  elasticAddress,
}: InstanceRecord): string | undefined => {
  if (elasticAddress) return elasticAddress.address;
  return state === 'running' && isPublic ? address : undefined;
};

/**
 * The address at which an instance is reached from inside its VPC. It is on loopback too, in a network of its own, since a real
 * private address (10.0.0.7) could belong to a machine nearby.
 */
export const privateAddressOf = ({
  address,
  privateAddress = address.replace(/^127\.77\./, '127.78.'),
}: Pick<InstanceRecord, 'address' | 'privateAddress'>): string => privateAddress;

/** Instances get public names only in a VPC with DNS hostnames enabled ("DNS attributes for your VPC"). */
const hasPublicNames = (context: Context, { vpc }: InstanceRecord): boolean =>
  vpcsOf(context).some(({ id, dnsSupport, dnsHostnames }) => id === vpc && dnsSupport && dnsHostnames);

export const publicDnsNameOf = (context: Context, instance: InstanceRecord): string => {
  const address = publicAddressOf(instance);
  return address !== undefined && hasPublicNames(context, instance) ? dnsName(context, address) : '';
};

export const groupsOf = (context: Context, instance: InstanceRecord) =>
  securityGroupsOf(context)
    .filter(({ id }) => instance.groups.includes(id))
    .map(({ id, name }) => ({ GroupId: id, GroupName: name }));

/** An instance's one network interface, as DescribeInstances shows it. */
export const interfaceView = (context: Context, instance: InstanceRecord): InstanceNetworkInterface => {
  const { networkInterface } = instance;
  const address = privateAddressOf(instance);
  const publicAddress = publicAddressOf(instance);
  const association = publicAddress
    ? {
        Association: {
          PublicIp: publicAddress,
          IpOwnerId: instance.elasticAddress ? instance.owner : 'amazon',
          PublicDnsName: publicDnsNameOf(context, instance),
        },
      }
    : {};
  const inside = { PrivateIpAddress: address, PrivateDnsName: privateDnsName(context, address) };
  return {
    NetworkInterfaceId: networkInterface,
    OwnerId: instance.owner,
    Status: 'in-use',
    Description: '',
    InterfaceType: 'interface',
    MacAddress: macAddressOf(networkInterface),
    SourceDestCheck: true,
    VpcId: instance.vpc,
    SubnetId: instance.subnet,
    ...inside,
    PrivateIpAddresses: [{ ...inside, Primary: true, ...association }],
    Ipv6Addresses: [],
    Groups: groupsOf(context, instance),
    Attachment: {
      AttachmentId: networkInterface.replace('eni-', 'eni-attach-'),
      AttachTime: new Date(instance.launchedAt),
      DeleteOnTermination: true,
      DeviceIndex: 0,
      NetworkCardIndex: 0,
      Status: 'attached',
    },
    ...association,
  };
};

/** A locally administered address, which anyone may use: the second lowest bit of its first byte is set (RFC 7042). */
export const macAddressOf = (id: string): string =>
  `02${createHash('sha256').update(id).digest('hex').slice(0, 10).replace(/../g, ':$&')}`;
