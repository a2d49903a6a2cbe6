import type {
  Instance,
  InstanceBlockDeviceMapping,
  InstanceStateName,
  Reservation,
  StateReason,
} from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import type { InstanceRecord } from '../model/records.ts';
import { instanceProfilesOf } from '../state/instance-profiles.ts';
import { instanceState } from '../state/lifecycle.ts';
import {
  groupsOf,
  interfaceView,
  privateAddressOf,
  privateDnsName,
  publicAddressOf,
  publicDnsNameOf,
} from './network-interface-view.ts';
import { tagListOf } from './tag-set.ts';
import { cpuOptionsOf } from './vcpus.ts';

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

/** Why an instance is in a state; an instance that is starting has the reason "pending" (RunInstances, its example). */
const reasonFor = (state: InstanceStateName, { stateReason }: InstanceRecord): StateReason | undefined => {
  if (stateReason) return { Code: stateReason.code, Message: stateReason.message };
  return state === 'pending' ? { Code: 'pending', Message: 'pending' } : undefined;
};

/** An instance's volumes in the form of its block device mapping. */
export const attachedVolumes = (volumes: InstanceRecord['volumes']): InstanceBlockDeviceMapping[] =>
  volumes.map(({ device, volume, attachedAt, deleteOnTermination }) => ({
    DeviceName: device,
    Ebs: {
      VolumeId: volume,
      Status: 'attached',
      AttachTime: new Date(attachedAt),
      DeleteOnTermination: deleteOnTermination,
    },
  }));

/** Its instance profile, as long as the account has it. */
const profileView = (
  { store }: Context,
  { owner, instanceProfile }: InstanceRecord,
): Instance['IamInstanceProfile'] => {
  const profile = instanceProfilesOf(store, owner).find(({ name }) => name === instanceProfile);
  return profile && { Arn: profile.arn, Id: profile.id };
};

/** An instance as EC2 shows it, in its own state or in the transitional state that an answer names. */
export const instanceView = (
  context: Context,
  instance: InstanceRecord,
  state: InstanceStateName = instanceState(instance, context.now),
): Instance => {
  const isGone = instanceState(instance, context.now) === 'terminated';
  const publicAddress = publicAddressOf(instance);
  return {
    InstanceId: instance.id,
    ImageId: instance.image,
    State: stateView(state),
    StateReason: reasonFor(state, instance),
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
    RootDeviceType: instance.rootDeviceType ?? 'ebs',
    EnaSupport: instance.enaSupport,
    SriovNetSupport: instance.sriovNetSupport,
    EbsOptimized: instance.ebsOptimized,
    ClientToken: instance.clientToken,
    BootMode: instance.bootMode as Instance['BootMode'],
    Platform: instance.platform as Instance['Platform'],
    PlatformDetails: instance.platformDetails ?? 'Linux/UNIX',
    UsageOperation: instance.usageOperation ?? 'RunInstances',
    ...(instance.spotRequest === undefined
      ? {}
      : { InstanceLifecycle: 'spot', SpotInstanceRequestId: instance.spotRequest }),
    UsageOperationUpdateTime: new Date(instance.launchedAt),
    ProductCodes: [],
    CapacityReservationSpecification: {
      CapacityReservationPreference: instance.capacityPreference ?? 'open',
    },
    CpuOptions: cpuOptionsOf(instance.type, instance.vcpus),
    EnclaveOptions: { Enabled: false },
    HibernationOptions: { Configured: false },
    MaintenanceOptions: { AutoRecovery: 'default' },
    PrivateDnsNameOptions: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    PublicDnsName: publicDnsNameOf(context, instance),
    PrivateDnsName: isGone ? '' : privateDnsName(context, privateAddressOf(instance)),
    BlockDeviceMappings: attachedVolumes(instance.volumes),
    IamInstanceProfile: profileView(context, instance),
    MetadataOptions: {
      State: 'applied',
      HttpTokens: instance.metadata.httpTokens as 'optional',
      HttpEndpoint: instance.metadata.httpEndpoint as 'enabled',
      HttpPutResponseHopLimit: instance.metadata.hopLimit,
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: instance.metadata.showsTags ? 'enabled' : 'disabled',
    },
    Tags: tagListOf(context, instance.id),
    ...(isGone
      ? { SecurityGroups: [], NetworkInterfaces: [] }
      : {
          PublicIpAddress: publicAddress,
          PrivateIpAddress: privateAddressOf(instance),
          VpcId: instance.vpc,
          SubnetId: instance.subnet,
          SourceDestCheck: true,
          SecurityGroups: groupsOf(context, instance),
          NetworkInterfaces: [interfaceView(context, instance)],
        }),
  };
};

/** Instances grouped by the reservation of the launch that created them. */
export const reservationsOf = (context: Context, instances: InstanceRecord[]): Reservation[] => {
  const byReservation = Map.groupBy(instances, ({ reservation }) => reservation);
  return [...byReservation].map(([ReservationId, members]) => ({
    ReservationId,
    OwnerId: context.account,
    Groups: [],
    Instances: members.map((instance) => instanceView(context, instance)),
  }));
};
