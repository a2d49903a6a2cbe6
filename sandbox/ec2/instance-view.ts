import type { Instance, InstanceStateName, Reservation } from '@aws-sdk/client-ec2';
import { instanceState } from '../lifecycle.ts';
import type { Context } from '../operation.ts';
import type { InstanceRecord, Records } from '../records.ts';
import type { Fields } from './filters.ts';
import { securityGroups } from './security-groups.ts';
import { tagListOf } from './tag-set.ts';

const stateCodes: Record<InstanceStateName, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export const stateView = (Name: InstanceStateName): { Code: number; Name: InstanceStateName } => ({
  Code: stateCodes[Name],
  Name,
});

const dnsName = ({ region }: Context, address: string): string =>
  `ec2-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'compute-1' : `${region}.compute`}.amazonaws.com`;

const privateDnsName = ({ region }: Context, address: string): string =>
  `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`;

const groupsOf = (context: Context, instance: InstanceRecord) =>
  securityGroups(context)
    .filter(({ id }) => instance.groups.includes(id))
    .map(({ id, name }) => ({ GroupId: id, GroupName: name }));

/** An instance as EC2 shows it, in its state or in the one that an answer says it passes through. */
export const instanceView = (
  context: Context,
  instance: InstanceRecord,
  state: InstanceStateName = instanceState(instance, context.now),
): Instance => {
  const isGone = instanceState(instance, context.now) === 'terminated';
  const publicAddress = instance.state === 'running' && instance.isPublic ? instance.address : undefined;
  return {
    InstanceId: instance.id,
    ImageId: instance.image,
    State: stateView(state),
    StateReason: instance.stateReason && {
      Code: instance.stateReason.code,
      Message: instance.stateReason.message,
    },
    StateTransitionReason: instance.transitionReason,
    InstanceType: instance.type as Instance['InstanceType'],
    KeyName: instance.keyName,
    AmiLaunchIndex: instance.launchIndex,
    LaunchTime: new Date(instance.launchedAt),
    Placement: { AvailabilityZone: instance.zone, GroupName: '', Tenancy: 'default' },
    Monitoring: { State: instance.monitoring ? 'enabled' : 'disabled' },
    Architecture: instance.architecture as Instance['Architecture'],
    VirtualizationType: instance.virtualization as Instance['VirtualizationType'],
    Hypervisor: 'xen',
    RootDeviceName: instance.rootDeviceName,
    RootDeviceType: 'ebs',
    EnaSupport: instance.enaSupport,
    SriovNetSupport: instance.sriovNetSupport,
    EbsOptimized: instance.ebsOptimized,
    ClientToken: instance.clientToken,
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    PublicDnsName: publicAddress ? dnsName(context, publicAddress) : '',
    PrivateDnsName: isGone ? '' : privateDnsName(context, instance.address),
    BlockDeviceMappings: instance.volumes.map(({ device, volume, attachedAt, deleteOnTermination }) => ({
      DeviceName: device,
      Ebs: {
        VolumeId: volume,
        Status: 'attached',
        AttachTime: new Date(attachedAt),
        DeleteOnTermination: deleteOnTermination,
      },
    })),
    MetadataOptions: {
      State: 'applied',
      HttpTokens: instance.metadata.httpTokens as 'optional',
      HttpEndpoint: instance.metadata.httpEndpoint as 'enabled',
      HttpPutResponseHopLimit: instance.metadata.hopLimit,
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'disabled',
    },
    Tags: tagListOf(context, instance.id),
    ...(isGone
      ? { SecurityGroups: [], NetworkInterfaces: [] }
      : {
          PublicIpAddress: publicAddress,
          PrivateIpAddress: instance.address,
          VpcId: instance.vpc,
          SubnetId: instance.subnet,
          SourceDestCheck: true,
          SecurityGroups: groupsOf(context, instance),
          NetworkInterfaces: [
            {
              NetworkInterfaceId: instance.networkInterface,
              OwnerId: instance.owner,
              Status: 'in-use',
              VpcId: instance.vpc,
              SubnetId: instance.subnet,
              PrivateIpAddress: instance.address,
              Groups: groupsOf(context, instance),
              ...(publicAddress
                ? {
                    Association: {
                      PublicIp: publicAddress,
                      IpOwnerId: 'amazon',
                      PublicDnsName: dnsName(context, publicAddress),
                    },
                  }
                : {}),
            },
          ],
        }),
  };
};

/** Instances under the reservation of the launch that made them. */
export const reservationsOf = (context: Context, instances: InstanceRecord[]): Reservation[] => {
  const byReservation = Map.groupBy(instances, ({ reservation }) => reservation);
  return [...byReservation].map(([ReservationId, members]) => ({
    ReservationId,
    OwnerId: context.account,
    Groups: [],
    Instances: members.map((instance) => instanceView(context, instance)),
  }));
};

/** The filters of DescribeInstances for what instances of the sandbox have. */
export const instanceFields = (context: Context): Fields<Records['instance']> => ({
  architecture: ({ architecture }) => architecture,
  'availability-zone': ({ zone }) => zone,
  'block-device-mapping.device-name': ({ volumes }) => volumes.map(({ device }) => device),
  'block-device-mapping.volume-id': ({ volumes }) => volumes.map(({ volume }) => volume),
  'client-token': ({ clientToken }) => clientToken,
  'image-id': ({ image }) => image,
  'instance-id': ({ id }) => id,
  'instance-state-code': (instance) => String(stateCodes[instanceState(instance, context.now)]),
  'instance-state-name': (instance) => instanceState(instance, context.now),
  'instance-type': ({ type }) => type,
  'instance.group-id': ({ groups, state }) => (state === 'terminated' ? [] : groups),
  'instance.group-name': (instance) => groupsOf(context, instance).map(({ GroupName }) => GroupName),
  'ip-address': ({ state, isPublic, address }) => (state === 'running' && isPublic ? address : undefined),
  'key-name': ({ keyName }) => keyName,
  'launch-index': ({ launchIndex }) => String(launchIndex),
  'launch-time': ({ launchedAt }) => launchedAt,
  'owner-id': ({ owner }) => owner,
  'private-ip-address': ({ state, address }) => (state === 'terminated' ? undefined : address),
  'reservation-id': ({ reservation }) => reservation,
  'root-device-name': ({ rootDeviceName }) => rootDeviceName,
  'root-device-type': () => 'ebs',
  'state-reason-code': ({ stateReason }) => stateReason?.code,
  'subnet-id': ({ subnet, state }) => (state === 'terminated' ? undefined : subnet),
  'virtualization-type': ({ virtualization }) => virtualization,
  'vpc-id': ({ vpc, state }) => (state === 'terminated' ? undefined : vpc),
});
