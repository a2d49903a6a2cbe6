import { createHash } from 'node:crypto';
import type { InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import type { InstanceRecord } from '../model/records.ts';
import { securityGroups } from './security-groups.ts';

export const dnsName = ({ region }: Context, address: string): string =>
  `ec2-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'compute-1' : `${region}.compute`}.amazonaws.com`;

export const privateDnsName = ({ region }: Context, address: string): string =>
  `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`;

/** The address at which an instance can be reached from outside; undefined where it has none now. */
export const publicAddressOf = ({ state, isPublic, address }: InstanceRecord): string | undefined =>
  state === 'running' && isPublic ? address : undefined;

export const groupsOf = (context: Context, instance: InstanceRecord) =>
  securityGroups(context)
    .filter(({ id }) => instance.groups.includes(id))
    .map(({ id, name }) => ({ GroupId: id, GroupName: name }));

/** An instance's one network interface, as DescribeInstances shows it. */
export const interfaceView = (context: Context, instance: InstanceRecord): InstanceNetworkInterface => {
  const { networkInterface, address } = instance;
  const publicAddress = publicAddressOf(instance);
  const association = publicAddress
    ? {
        Association: {
          PublicIp: publicAddress,
          IpOwnerId: 'amazon',
          PublicDnsName: dnsName(context, publicAddress),
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

/** An address out of those that anyone may use: the second lowest bit of its first byte is set (RFC 7042). */
const macAddressOf = (id: string): string =>
  `02${createHash('sha256').update(id).digest('hex').slice(0, 10).replace(/../g, ':$&')}`;
