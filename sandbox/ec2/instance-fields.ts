import type { Instance, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import type { InstanceRecord } from '../model/records.ts';
import { type Fields, matchNothing } from './filters.ts';
import { instanceView } from './instance-view.ts';
import { zoneId } from './regions.ts';

type Leaf = string | number | boolean | Date | undefined;

const text = (leaf: Leaf): string | undefined =>
  leaf instanceof Date ? leaf.toISOString() : leaf?.toString();

/** The filters of DescribeInstances: the values that each compares with, as the operation shows the instance. */
export const instanceFields = (context: Context): Fields<InstanceRecord> => {
  const of = (read: (shown: Instance) => Leaf | Leaf[]) => (instance: InstanceRecord) =>
    [read(instanceView(context, instance))].flat().map(text);
  const ofInterface = (read: (shown: InstanceNetworkInterface) => Leaf | Leaf[]) =>
    of(({ NetworkInterfaces = [] }) => NetworkInterfaces.flatMap(read));
  return {
    architecture: of(({ Architecture }) => Architecture),
    'availability-zone': of(({ Placement }) => Placement?.AvailabilityZone),
    'availability-zone-id': ({ zone }) => zoneId(context.region, zone),
    'block-device-mapping.attach-time': of(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.map(({ Ebs }) => Ebs?.AttachTime),
    ),
    'block-device-mapping.delete-on-termination': of(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.map(({ Ebs }) => Ebs?.DeleteOnTermination),
    ),
    'block-device-mapping.device-name': of(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.map(({ DeviceName }) => DeviceName),
    ),
    'block-device-mapping.status': of(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.map(({ Ebs }) => Ebs?.Status),
    ),
    'block-device-mapping.volume-id': of(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.map(({ Ebs }) => Ebs?.VolumeId),
    ),
    'capacity-reservation-specification.capacity-reservation-preference': of(
      ({ CapacityReservationSpecification }) =>
        CapacityReservationSpecification?.CapacityReservationPreference,
    ),
    'boot-mode': of(({ BootMode }) => BootMode),
    'client-token': of(({ ClientToken }) => ClientToken),
    'dns-name': of(({ PublicDnsName }) => PublicDnsName),
    'ebs-optimized': of(({ EbsOptimized }) => EbsOptimized),
    'ena-support': of(({ EnaSupport }) => EnaSupport),
    'enclave-options.enabled': of(({ EnclaveOptions }) => EnclaveOptions?.Enabled),
    'hibernation-options.configured': of(({ HibernationOptions }) => HibernationOptions?.Configured),
    hypervisor: of(({ Hypervisor }) => Hypervisor),
    'iam-instance-profile.arn': of(({ IamInstanceProfile }) => IamInstanceProfile?.Arn),
    'iam-instance-profile.id': of(({ IamInstanceProfile }) => IamInstanceProfile?.Id),
    'image-id': of(({ ImageId }) => ImageId),
    'instance-id': of(({ InstanceId }) => InstanceId),
    'instance-lifecycle': of(({ InstanceLifecycle }) => InstanceLifecycle),
    'spot-instance-request-id': of(({ SpotInstanceRequestId }) => SpotInstanceRequestId),
    'instance-state-code': of(({ State }) => State?.Code),
    'instance-state-name': of(({ State }) => State?.Name),
    'instance-type': of(({ InstanceType }) => InstanceType),
    'instance.group-id': of(({ SecurityGroups = [] }) => SecurityGroups.map(({ GroupId }) => GroupId)),
    'instance.group-name': of(({ SecurityGroups = [] }) => SecurityGroups.map(({ GroupName }) => GroupName)),
    'ip-address': of(({ PublicIpAddress }) => PublicIpAddress),
    'key-name': of(({ KeyName }) => KeyName),
    'launch-index': of(({ AmiLaunchIndex }) => AmiLaunchIndex),
    'launch-time': of(({ LaunchTime }) => LaunchTime),
    'maintenance-options.auto-recovery': of(({ MaintenanceOptions }) => MaintenanceOptions?.AutoRecovery),
    'metadata-options.http-endpoint': of(({ MetadataOptions }) => MetadataOptions?.HttpEndpoint),
    'metadata-options.http-protocol-ipv6': of(({ MetadataOptions }) => MetadataOptions?.HttpProtocolIpv6),
    'metadata-options.http-put-response-hop-limit': of(
      ({ MetadataOptions }) => MetadataOptions?.HttpPutResponseHopLimit,
    ),
    'metadata-options.http-tokens': of(({ MetadataOptions }) => MetadataOptions?.HttpTokens),
    'metadata-options.instance-metadata-tags': of(
      ({ MetadataOptions }) => MetadataOptions?.InstanceMetadataTags,
    ),
    'metadata-options.state': of(({ MetadataOptions }) => MetadataOptions?.State),
    'monitoring-state': of(({ Monitoring }) => Monitoring?.State),
    'owner-id': ({ owner }) => owner,
    platform: ({ platform }) => platform,
    'platform-details': of(({ PlatformDetails }) => PlatformDetails),
    'private-dns-name': of(({ PrivateDnsName }) => PrivateDnsName),
    'private-dns-name-options.enable-resource-name-dns-a-record': of(
      ({ PrivateDnsNameOptions }) => PrivateDnsNameOptions?.EnableResourceNameDnsARecord,
    ),
    'private-dns-name-options.enable-resource-name-dns-aaaa-record': of(
      ({ PrivateDnsNameOptions }) => PrivateDnsNameOptions?.EnableResourceNameDnsAAAARecord,
    ),
    'private-dns-name-options.hostname-type': of(
      ({ PrivateDnsNameOptions }) => PrivateDnsNameOptions?.HostnameType,
    ),
    'private-ip-address': of(({ PrivateIpAddress }) => PrivateIpAddress),
    reason: of(({ StateTransitionReason }) => StateTransitionReason),
    'reservation-id': ({ reservation }) => reservation,
    'root-device-name': of(({ RootDeviceName }) => RootDeviceName),
    'root-device-type': of(({ RootDeviceType }) => RootDeviceType),
    'source-dest-check': of(({ SourceDestCheck }) => SourceDestCheck),
    'state-reason-code': of(({ StateReason }) => StateReason?.Code),
    'state-reason-message': of(({ StateReason }) => StateReason?.Message),
    'subnet-id': of(({ SubnetId }) => SubnetId),
    tenancy: of(({ Placement }) => Placement?.Tenancy),
    'usage-operation': of(({ UsageOperation }) => UsageOperation),
    'usage-operation-update-time': of(({ UsageOperationUpdateTime }) => UsageOperationUpdateTime),
    'virtualization-type': of(({ VirtualizationType }) => VirtualizationType),
    'vpc-id': of(({ VpcId }) => VpcId),
    'network-interface.addresses.association.ip-owner-id': ofInterface(
      ({ Association }) => Association?.IpOwnerId,
    ),
    'network-interface.addresses.association.public-dns-name': ofInterface(
      ({ Association }) => Association?.PublicDnsName,
    ),
    'network-interface.addresses.association.public-ip': ofInterface(
      ({ Association }) => Association?.PublicIp,
    ),
    'network-interface.addresses.primary': ofInterface(() => true),
    'network-interface.addresses.private-dns-name': ofInterface(({ PrivateDnsName }) => PrivateDnsName),
    'network-interface.addresses.private-ip-address': ofInterface(({ PrivateIpAddress }) => PrivateIpAddress),
    'network-interface.association.ip-owner-id': ofInterface(({ Association }) => Association?.IpOwnerId),
    'network-interface.association.public-dns-name': ofInterface(
      ({ Association }) => Association?.PublicDnsName,
    ),
    'network-interface.association.public-ip': ofInterface(({ Association }) => Association?.PublicIp),
    'network-interface.attachment.attach-time': ofInterface(({ Attachment }) => Attachment?.AttachTime),
    'network-interface.attachment.attachment-id': ofInterface(({ Attachment }) => Attachment?.AttachmentId),
    'network-interface.attachment.delete-on-termination': ofInterface(
      ({ Attachment }) => Attachment?.DeleteOnTermination,
    ),
    'network-interface.attachment.device-index': ofInterface(({ Attachment }) => Attachment?.DeviceIndex),
    'network-interface.attachment.instance-id': of(({ InstanceId }) => InstanceId),
    'network-interface.attachment.instance-owner-id': ({ owner }) => owner,
    'network-interface.attachment.network-card-index': ofInterface(
      ({ Attachment }) => Attachment?.NetworkCardIndex,
    ),
    'network-interface.attachment.status': ofInterface(({ Attachment }) => Attachment?.Status),
    'network-interface.availability-zone': of(({ Placement }) => Placement?.AvailabilityZone),
    'network-interface.description': ofInterface(({ Description }) => Description),
    'network-interface.group-id': ofInterface(({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId)),
    'network-interface.group-name': ofInterface(({ Groups = [] }) =>
      Groups.map(({ GroupName }) => GroupName),
    ),
    'network-interface.mac-address': ofInterface(({ MacAddress }) => MacAddress),
    'network-interface.network-interface-id': ofInterface(({ NetworkInterfaceId }) => NetworkInterfaceId),
    'network-interface.owner-id': ofInterface(({ OwnerId }) => OwnerId),
    'network-interface.private-dns-name': ofInterface(({ PrivateDnsName }) => PrivateDnsName),
    'network-interface.private-ip-address': ofInterface(({ PrivateIpAddress }) => PrivateIpAddress),
    'network-interface.public-dns-name': ofInterface(({ Association }) => Association?.PublicDnsName),
    'network-interface.requester-managed': ofInterface(() => false),
    'network-interface.source-dest-check': ofInterface(({ SourceDestCheck }) => SourceDestCheck),
    'network-interface.status': ofInterface(({ Status }) => Status),
    'network-interface.subnet-id': ofInterface(({ SubnetId }) => SubnetId),
    'network-interface.vpc-id': ofInterface(({ VpcId }) => VpcId),
    ...matchNothing(
      'affinity',
      'capacity-reservation-id',
      'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id',
      'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn',
      'current-instance-boot-mode',
      'host-id',
      'ipv6-address',
      'kernel-id',
      'metadata-options.http-protocol-ipv4',
      'network-interface.addresses.association.allocation-id',
      'network-interface.addresses.association.association-id',
      'network-interface.addresses.association.carrier-ip',
      'network-interface.addresses.association.customer-owned-ip',
      'network-interface.association.allocation-id',
      'network-interface.association.association-id',
      'network-interface.association.carrier-ip',
      'network-interface.association.customer-owned-ip',
      'network-interface.deny-all-igw-traffic',
      'network-interface.ipv4-prefixes.ipv4-prefix',
      'network-interface.ipv6-address',
      'network-interface.ipv6-addresses.ipv6-address',
      'network-interface.ipv6-addresses.is-primary-ipv6',
      'network-interface.ipv6-native',
      'network-interface.ipv6-prefixes.ipv6-prefix',
      'network-interface.operator.managed',
      'network-interface.operator.principal',
      'network-interface.outpost-arn',
      'network-interface.requester-id',
      'network-interface.tag-key',
      'network-interface.tag-value',
      'network-performance-options.bandwidth-weighting',
      'operator.managed',
      'operator.principal',
      'outpost-arn',
      'placement-group-name',
      'placement-partition-number',
      'product-code',
      'product-code.type',
      'ramdisk-id',
      'requester-id',
      'tpm-support',
    ),
  };
};
