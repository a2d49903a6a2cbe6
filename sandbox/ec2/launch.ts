import type { Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { newId, newSpotRequestId } from '../model/identifiers.ts';
import type { BlockDevice, InstanceRecord, Reason } from '../model/records.ts';
import { instanceProfilesOf } from '../state/instance-profiles.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { mergeDevices } from './block-devices.ts';
import { capacityPreferenceOf } from './capacity-reservations.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { type Encryption, encryptionOf, keyExists, mayRead } from './encryption.ts';
import { noteLaunch } from './image-launches.ts';
import { platformOf } from './image-platform.ts';
import { launchableImage } from './image-records.ts';
import { nextAddress, putInstance, settling } from './instance-records.ts';
import { startMachine } from './instance-states.ts';
import { checkImageFitsType } from './instance-type-rules.ts';
import { instanceView } from './instance-view.ts';
import { keyPairNamed } from './key-pairs.ts';
import { filledLaunch } from './launch-from-template.ts';
import { checkRoom, placeOf } from './launch-place.ts';
import { checkKeysInMetadata, metadataOptions } from './metadata-options.ts';
import { anySnapshot } from './snapshots.ts';
import { putSpotRequest, spotAsked } from './spot-requests.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';
import { checkUserData } from './user-data.ts';
import { withinSpotQuota, withinVcpuQuota } from './vcpus.ts';

const mostAtOnce = 20;

/** Launch members that a request or its launch template may have. */
const ofLaunch = [
  'ImageId',
  'InstanceType',
  'KeyName',
  'SecurityGroupIds',
  'SecurityGroups',
  'SubnetId',
  'NetworkInterfaces',
  'Placement',
  'BlockDeviceMappings',
  'UserData',
  'EbsOptimized',
  'Monitoring',
  'CreditSpecification',
  'CapacityReservationSpecification',
  'EnclaveOptions',
  'MetadataOptions',
  'InstanceInitiatedShutdownBehavior',
  'InstanceMarketOptions',
  'DisableApiTermination',
  'IamInstanceProfile',
  'TagSpecifications',
] as const;

export const launchOperations: Record<string, Operation> = {
  /**
   * Starts instances: everything is checked before anything is created, and the SSH side listens before the answer is sent.
   * They are running at the first lookup; the answer itself says `pending`, as AWS's does.
   */
  RunInstances: operation<RunInstancesRequest, Reservation>(
    [...ofLaunch, 'MinCount', 'MaxCount', 'ClientToken', 'LaunchTemplate'],
    (context, input) => {
      const before = madeWith(context, 'RunInstances', input);
      if (before)
        return answerOf(
          context,
          before.flatMap((id) => instances(context).get(id) ?? []),
        );
      const made = launch(context, input);
      rememberToken(
        context,
        'RunInstances',
        input,
        made.map(({ id }) => id),
      );
      for (const instance of made) {
        if (instance.state === 'running') startMachine(context, instance);
      }
      return answerOf(context, made);
    },
  ),
};

const instances = ({ store, account, region }: Context) => store.of('instance', account, region);

const answerOf = (context: Context, instances: InstanceRecord[]): Reservation => ({
  ReservationId: instances[0]?.reservation,
  OwnerId: context.account,
  Groups: [],
  Instances: instances.map((instance) =>
    instanceView(context, instance, instance.state === 'running' ? 'pending' : instance.state),
  ),
});

/**
 * Creates the instances of a launch, with all their resources. A fleet decides whether they are Spot Instances; otherwise the
 * launch or its template does. `open`: the existing Spot request that the instance fulfils, if there is one.
 */
export const launch = (
  context: Context,
  request: RunInstancesRequest,
  lifecycle?: 'spot' | 'on-demand',
  open?: { id: string },
): InstanceRecord[] => {
  const { input, tags: ofTemplate } = filledLaunch(context, request, new Set(ofLaunch));
  if (input.ImageId === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ImageId');
  }
  if (input.ImageId.startsWith('resolve:ssm:')) {
    throw notImplemented('ec2:RunInstances with an image by parameter, resolve:ssm:');
  }
  checkUserData(input.UserData, 'InvalidParameterValue');
  const capacityPreference = capacityPreferenceOf(input.CapacityReservationSpecification);
  if (input.EnclaveOptions?.Enabled) throw notImplemented('ec2:RunInstances with Nitro Enclaves');
  const image = launchableImage(context, input.ImageId);
  const type = input.InstanceType ?? 'm1.small';
  checkImageFitsType(image, type);
  const market = lifecycle === undefined ? input.InstanceMarketOptions : marketOf(lifecycle, input);
  const key = input.KeyName === undefined ? undefined : keyPairNamed(context, input.KeyName);
  const place = placeOf(context, input, type);
  const spot = spotAsked(market, type, place.subnet.zone);
  if (spot?.isPersistent && lifecycle !== undefined) {
    throw notImplemented('ec2:CreateFleet with persistent Spot Instance requests');
  }
  const count = countOf(context, input, type, spot !== undefined);
  checkRoom(context, place.subnet, count);
  if (image.rootDeviceType === 'instance-store') refuseWhatNeedsVolumes(input);
  const devices = mergeDevices(context, image.devices, input.BlockDeviceMappings);
  const hasRoot = devices.some(({ device, ebs }) => device === image.rootDeviceName && ebs);
  if (!hasRoot && image.rootDeviceType !== 'instance-store') {
    throw new AwsError('InvalidBlockDeviceMapping', `The root device ${image.rootDeviceName} has no volume`);
  }
  const profile = profileOf(context, input.IamInstanceProfile);
  const shutdownBehavior =
    input.InstanceInitiatedShutdownBehavior ??
    (image.rootDeviceType === 'instance-store' ? 'terminate' : 'stop');
  if (shutdownBehavior !== 'stop' && shutdownBehavior !== 'terminate') {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${String(shutdownBehavior)}) for parameter instanceInitiatedShutdownBehavior is invalid.`,
    );
  }
  const tags = readTagSpecifications(input.TagSpecifications, [
    'instance',
    'volume',
    'network-interface',
    'spot-instances-request',
  ]);
  noteLaunch(context, image);
  const reservation = newId('r');
  const keyFailure = failureOfKeys(context, devices);
  return Array.from({ length: count }, (_, launchIndex): InstanceRecord => {
    const id = newId('i');
    const instance: InstanceRecord = {
      id,
      reservation,
      owner: context.account,
      image: image.id,
      type,
      state: 'running',
      ...settling(context, context.durations.instanceStart),
      transitionReason: '',
      launchIndex,
      launchedAt: context.now.toISOString(),
      ...(key ? { keyName: key.name } : {}),
      publicKeys: key ? [key.publicKey] : [],
      address: nextAddress(context),
      isPublic: place.isPublic,
      networkInterface: newId('eni'),
      subnet: place.subnet.id,
      vpc: place.subnet.vpc,
      zone: place.subnet.zone,
      groups: place.groups,
      architecture: image.architecture,
      virtualization: image.virtualization,
      rootDeviceName: image.rootDeviceName,
      ...(image.rootDeviceType === undefined ? {} : { rootDeviceType: image.rootDeviceType }),
      enaSupport: image.enaSupport,
      ...(image.sriovNetSupport === undefined ? {} : { sriovNetSupport: image.sriovNetSupport }),
      ...platformOf(image),
      ebsOptimized: input.EbsOptimized ?? false,
      monitoring: input.Monitoring?.Enabled ?? false,
      shutdownBehavior,
      terminationProtection: input.DisableApiTermination ?? false,
      clientToken: input.ClientToken ?? '',
      ...(input.UserData === undefined ? {} : { userData: input.UserData }),
      volumes: [],
      metadata: metadataOptions(input.MetadataOptions, image, settingsOf(context)),
      ...(capacityPreference === 'none' ? { capacityPreference } : {}),
      ...(profile === undefined ? {} : { instanceProfile: profile }),
      ...(spot === undefined ? {} : { spotRequest: open?.id ?? newSpotRequestId() }),
      launchTags: tags.instance,
    };
    const failed = context.becomesFailed ? internalError(context.becomesFailed.reason) : keyFailure;
    checkKeysInMetadata(instance, { ...tags.instance, ...ofTemplate });
    const started = failed
      ? failedInstance(context, instance, failed)
      : { ...instance, volumes: makeVolumes(context, instance, devices, tags.volume) };
    putInstance(context, started);
    if (spot !== undefined && started.spotRequest !== undefined) {
      const { ClientToken: _, ...again } = input;
      const ofOne = { request: { ...again, MinCount: 1, MaxCount: 1 }, tags: ofTemplate };
      putSpotRequest(context, { id: started.spotRequest, instance: id, launch: ofOne, ...spot });
      addTags(context, started.spotRequest, tags['spot-instances-request']);
    }
    addTags(context, id, { ...tags.instance, ...ofTemplate });
    addTags(context, instance.networkInterface, tags['network-interface']);
    return started;
  });
};

/** Name of the requested instance profile, given by name or ARN. Throws EC2's error if the account does not have it. */
const profileOf = (
  { store, account }: Context,
  asked: RunInstancesRequest['IamInstanceProfile'],
): string | undefined => {
  if (asked === undefined) return undefined;
  const { Name, Arn } = asked;
  if (Name !== undefined && Arn !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    );
  }
  const profile = instanceProfilesOf(store, account).find(({ name, arn }) =>
    Arn === undefined ? name === Name : arn === Arn,
  );
  if (profile) return profile.name;
  const member = Arn === undefined ? 'name' : 'arn';
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${Arn ?? Name ?? ''}) for parameter iamInstanceProfile.${member} is invalid. Invalid IAM Instance Profile ${member === 'arn' ? 'ARN' : member}`,
  );
};

/** Options that an instance with its root on instance-store cannot have, in EC2's words. */
const refuseWhatNeedsVolumes = (input: RunInstancesRequest): void => {
  if (input.BlockDeviceMappings?.some(({ Ebs }) => Ebs)) {
    throw new AwsError(
      'UnsupportedOperation',
      'EBS block device mappings not supported for instance-store AMIs.',
    );
  }
  if (input.InstanceMarketOptions?.SpotOptions?.InstanceInterruptionBehavior === 'stop') {
    throw new AwsError(
      'UnsupportedOperation',
      'Spot Instances of instance-store AMIs cannot be stopped when they are interrupted.',
    );
  }
  if (input.InstanceInitiatedShutdownBehavior !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'The attribute instanceInitiatedShutdownBehavior can only be used for EBS-backed images.',
    );
  }
};

const countOf = (
  context: Context,
  { MinCount = 0, MaxCount = 0 }: RunInstancesRequest,
  type: string,
  isSpot: boolean,
): number => {
  if (MinCount < 1 || MaxCount < MinCount) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${MinCount}) for parameter minCount is invalid. Expected 1 to maxCount, which is ${MaxCount}.`,
    );
  }
  if (MinCount > mostAtOnce) {
    throw new AwsError(
      'InstanceLimitExceeded',
      `The sandbox starts at most ${mostAtOnce} instances at once.`,
    );
  }
  const within = isSpot ? withinSpotQuota : withinVcpuQuota;
  return within(context, type, MinCount, Math.min(MaxCount, mostAtOnce));
};

/** The market options of a fleet's launch. Its template may have some or none. */
const marketOf = (
  lifecycle: 'spot' | 'on-demand',
  { InstanceMarketOptions: given }: RunInstancesRequest,
): RunInstancesRequest['InstanceMarketOptions'] =>
  lifecycle === 'spot' ? { ...given, MarketType: 'spot' } : undefined;

const internalError = (reason?: string): Reason => ({
  code: 'Server.InternalError',
  message: reason ?? 'Server.InternalError: Internal error on launch',
});

/** EC2 looks up the volumes' keys when it starts the instance, and ends the instance if one is missing. */
const failureOfKeys = (context: Context, devices: BlockDevice[]): Reason | undefined => {
  const volumes = devices.flatMap(({ ebs }) => ebs ?? []);
  const keys = volumes.flatMap((ebs) => volumeEncryption(context, ebs).kmsKey ?? []);
  const areReadable = volumes.every((ebs) => mayRead(context, sourceOf(context, ebs)));
  if (areReadable && keys.every((key) => keyExists(context, key))) return undefined;
  return { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };
};

/** AWS ends an instance that could not start: at the next lookup it is terminated, with the reason. */
const failedInstance = ({ now }: Context, instance: InstanceRecord, stateReason: Reason): InstanceRecord => ({
  ...instance,
  state: 'terminated',
  terminatedAt: now.toISOString(),
  stateReason,
});

type Volume = NonNullable<BlockDevice['ebs']>;

const sourceOf = (context: Context, { snapshot }: Volume): Encryption & { owner?: string } =>
  (snapshot === undefined ? undefined : anySnapshot(context, snapshot)) ?? { encrypted: false };

const volumeEncryption = (context: Context, ebs: Volume): Encryption => {
  const asked = { Encrypted: ebs.encrypted, KmsKeyId: ebs.kmsKey };
  return encryptionOf(context, asked, sourceOf(context, ebs), { inherits: true });
};

const makeVolumes = (
  context: Context,
  instance: InstanceRecord,
  devices: BlockDevice[],
  tags: Record<string, string>,
): InstanceRecord['volumes'] =>
  devices.flatMap(({ device, ebs }) => {
    if (!ebs) return [];
    const id = newId('vol');
    const encryption = volumeEncryption(context, ebs);
    const attachment = {
      instance: instance.id,
      device,
      attachedAt: instance.launchedAt,
      deleteOnTermination: ebs.deleteOnTermination,
    };
    context.store.of('volume', context.account, context.region).put(id, {
      id,
      size: ebs.size,
      type: ebs.type,
      ...(ebs.iops === undefined ? {} : { iops: ebs.iops }),
      ...(ebs.throughput === undefined ? {} : { throughput: ebs.throughput }),
      ...encryption,
      snapshot: ebs.snapshot ?? '',
      zone: instance.zone,
      createdAt: instance.launchedAt,
      attachment,
    });
    addTags(context, id, tags);
    return [
      {
        device,
        volume: id,
        attachedAt: attachment.attachedAt,
        deleteOnTermination: attachment.deleteOnTermination,
      },
    ];
  });
