import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { lookUpAll } from '../model/identifiers.ts';
import type { NatGatewayRecord } from '../model/network-records.ts';
import type { InstanceRecord } from '../model/records.ts';
import { addressAssociation } from './addresses.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { liveNatGateways } from './nat-gateway-records.ts';
import { dnsName, interfaceView, macAddressOf, privateDnsName } from './network-interface-view.ts';
import { placedInstances, subnetsOf } from './network-records.ts';
import { zoneId } from './regions.ts';
import { tagListOf, tagsOf } from './tag-set.ts';

type Shown = NetworkInterface & { NetworkInterfaceId: string };

/** The interface of an instance. */
const ofInstance = (context: Context, instance: InstanceRecord): Shown => {
  const { Attachment, Association, InterfaceType: _, ...shown } = interfaceView(context, instance);
  const { elasticAddress } = instance;
  const elastic = elasticAddress && {
    AllocationId: elasticAddress.allocation,
    AssociationId: elasticAddress.association,
  };
  return {
    ...shown,
    InterfaceType: 'interface',
    NetworkInterfaceId: instance.networkInterface,
    AvailabilityZone: instance.zone,
    AvailabilityZoneId: zoneId(context.region, instance.zone),
    Attachment: { ...Attachment, InstanceId: instance.id, InstanceOwnerId: instance.owner },
    ...(Association ? { Association: { ...Association, ...elastic } } : {}),
    RequesterManaged: false,
    TagSet: tagListOf(context, instance.networkInterface),
  };
};

/** The interface of a NAT gateway, which AWS manages. */
const ofGateway = (context: Context, gateway: NatGatewayRecord): Shown => {
  const { networkInterface, privateAddress, allocation } = gateway;
  const zone = subnetsOf(context).find(({ id }) => id === gateway.subnet)?.zone ?? '';
  const address =
    allocation === undefined
      ? undefined
      : context.store.of('address', context.account, context.region).get(allocation);
  const association = address
    ? {
        Association: {
          AllocationId: address.allocation,
          AssociationId: addressAssociation(address),
          IpOwnerId: context.account,
          PublicIp: address.address,
          PublicDnsName: dnsName(context, address.address),
        },
      }
    : {};
  const inside = {
    PrivateIpAddress: privateAddress,
    PrivateDnsName: privateDnsName(context, privateAddress),
  };
  return {
    NetworkInterfaceId: networkInterface,
    OwnerId: context.account,
    Status: 'in-use',
    Description: `Interface for NAT Gateway ${gateway.id}`,
    InterfaceType: 'natGateway',
    MacAddress: macAddressOf(networkInterface),
    SourceDestCheck: false,
    RequesterManaged: true,
    RequesterId: context.account,
    VpcId: gateway.vpc,
    SubnetId: gateway.subnet,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(context.region, zone),
    ...inside,
    PrivateIpAddresses: [{ ...inside, Primary: true, ...association }],
    Ipv6Addresses: [],
    Groups: [],
    Attachment: {
      AttachmentId: networkInterface.replace('eni-', 'eni-attach-'),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: 'amazon-aws',
      Status: 'attached',
    },
    ...association,
    TagSet: [],
  };
};

const text = (value: string | number | boolean | Date | undefined): string | undefined =>
  value instanceof Date ? value.toISOString() : value?.toString();

const fields: Fields<Shown> = {
  'association.allocation-id': ({ Association }) => Association?.AllocationId,
  'association.association-id': ({ Association }) => Association?.AssociationId,
  'addresses.association.owner-id': ({ Association }) => Association?.IpOwnerId,
  'addresses.association.public-ip': ({ Association }) => Association?.PublicIp,
  'addresses.primary': () => 'true',
  'addresses.private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
  'association.ip-owner-id': ({ Association }) => Association?.IpOwnerId,
  'association.public-ip': ({ Association }) => Association?.PublicIp,
  'association.public-dns-name': ({ Association }) => Association?.PublicDnsName,
  'attachment.attach-time': ({ Attachment }) => text(Attachment?.AttachTime),
  'attachment.attachment-id': ({ Attachment }) => Attachment?.AttachmentId,
  'attachment.delete-on-termination': ({ Attachment }) => text(Attachment?.DeleteOnTermination),
  'attachment.device-index': ({ Attachment }) => text(Attachment?.DeviceIndex),
  'attachment.instance-id': ({ Attachment }) => Attachment?.InstanceId,
  'attachment.instance-owner-id': ({ Attachment }) => Attachment?.InstanceOwnerId,
  'attachment.status': ({ Attachment }) => Attachment?.Status,
  'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
  'availability-zone-id': ({ AvailabilityZoneId }) => AvailabilityZoneId,
  description: ({ Description }) => Description,
  'group-id': ({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId),
  'group-name': ({ Groups = [] }) => Groups.map(({ GroupName }) => GroupName),
  // The value is natGateway in the model and nat_gateway on the filter's page.
  'interface-type': ({ InterfaceType }) =>
    InterfaceType === 'natGateway' ? [InterfaceType, 'nat_gateway'] : InterfaceType,
  'mac-address': ({ MacAddress }) => MacAddress,
  'network-interface-id': ({ NetworkInterfaceId }) => NetworkInterfaceId,
  'owner-id': ({ OwnerId }) => OwnerId,
  'private-dns-name': ({ PrivateDnsName }) => PrivateDnsName,
  'private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
  'requester-id': ({ RequesterId }) => RequesterId,
  'requester-managed': ({ RequesterManaged }) => text(RequesterManaged),
  'source-dest-check': ({ SourceDestCheck }) => text(SourceDestCheck),
  status: ({ Status }) => Status,
  'subnet-id': ({ SubnetId }) => SubnetId,
  'vpc-id': ({ VpcId }) => VpcId,
  ...matchNothing('ipv6-addresses.ipv6-address', 'operator.managed', 'operator.principal'),
};

export const networkInterfaceOperations: Record<string, Operation> = {
  /** The interfaces of instances and NAT gateways; no call creates one by itself. */
  DescribeNetworkInterfaces: operation<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult>(
    ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.NetworkInterfaceIds, 'networkInterfaceIdSet', input);
      const all = [
        ...placedInstances(context)
          .filter(({ id }) => context.sees(id))
          .map((instance) => ofInstance(context, instance)),
        ...liveNatGateways(context).map((gateway) => ofGateway(context, gateway)),
      ];
      const named = input.NetworkInterfaceIds?.length
        ? lookUpAll('eni', input.NetworkInterfaceIds, (id) =>
            all.find(({ NetworkInterfaceId }) => NetworkInterfaceId === id),
          )
        : all;
      const shown = filtered(named, input.Filters, fields, ({ NetworkInterfaceId }) =>
        tagsOf(context, NetworkInterfaceId),
      );
      const { items, next } = pageOf(
        'DescribeNetworkInterfaces',
        shown,
        ({ NetworkInterfaceId }) => NetworkInterfaceId,
        input,
      );
      return { NetworkInterfaces: items, NextToken: next };
    },
  ),
};
