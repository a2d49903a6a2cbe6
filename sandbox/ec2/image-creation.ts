import type {
  BlockDeviceMapping,
  CreateImageRequest,
  CreateImageResult,
  RegisterImageRequest,
  RegisterImageResult,
} from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../aws-error.ts';
import { lookUp, newId } from '../identifiers.ts';
import { instanceState, pendingFor, snapshotState } from '../lifecycle.ts';
import { type Context, type Operation, operation } from '../operation.ts';
import type { BlockDevice, ImageRecord, InstanceRecord } from '../records.ts';
import { mergeDevices } from './block-devices.ts';
import type { Encryption } from './encryption.ts';
import { checkImageDescription, checkNewImageName } from './image-names.ts';
import { anyImage, putImage } from './image-records.ts';
import { ownInstance } from './instance-records.ts';
import { nobody } from './permissions.ts';
import { ownSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

/** The instance's volumes as they are, and the drives without a volume that its own image names. */
const devicesOf = (context: Context, instance: InstanceRecord): BlockDevice[] => {
  const volumes = context.store.of('volume', context.account, context.region);
  const attached = instance.volumes.map(({ device, volume, deleteOnTermination }): BlockDevice => {
    const { size, type, iops, throughput, encrypted } = lookUp('vol', volume, (id) => volumes.get(id));
    return {
      device,
      ebs: {
        size,
        type,
        encrypted,
        deleteOnTermination,
        ...(iops === undefined ? {} : { iops }),
        ...(throughput === undefined ? {} : { throughput }),
      },
    };
  });
  const virtual = anyImage(context, instance.image)?.devices.filter(({ virtualName }) => virtualName) ?? [];
  return [...attached, ...virtual];
};

/** The devices with a new snapshot for each volume that has none yet. */
const withSnapshots = (
  context: Context,
  devices: BlockDevice[],
  from: { image: string; instance: InstanceRecord },
): { devices: BlockDevice[]; made: string[] } => {
  const made: string[] = [];
  const snapped = devices.map((device): BlockDevice => {
    const volume = from.instance.volumes.find((one) => one.device === device.device)?.volume;
    if (!device.ebs || device.ebs.snapshot || !volume) return device;
    const id = newId('snap');
    made.push(id);
    context.store.of('snapshot', context.account, context.region).put(id, {
      id,
      owner: context.account,
      volume,
      size: device.ebs.size,
      description: `Created by CreateImage(${from.instance.id}) for ${from.image}`,
      startedAt: context.now.toISOString(),
      ...encryptionOfVolume(context, volume),
      permissions: nobody,
      ...pendingFor(context, context.durations.image),
    });
    return { ...device, ebs: { ...device.ebs, snapshot: id } };
  });
  return { devices: snapped, made };
};

const encryptionOfVolume = ({ store, account, region }: Context, id: string): Encryption => {
  const { encrypted = false, kmsKey } = store.of('volume', account, region).get(id) ?? {};
  return { encrypted, ...(kmsKey === undefined ? {} : { kmsKey }) };
};

/** Volumes are encrypted when they are made, and an image's snapshots are as their volumes are. */
const refuseEncryption = (
  mappings: BlockDeviceMapping[] | undefined,
  hasSnapshot: (device: string) => boolean,
) => {
  const wrong = mappings?.find(
    ({ DeviceName = '', Ebs }) => Ebs?.Encrypted !== undefined && (Ebs.SnapshotId || hasSnapshot(DeviceName)),
  );
  if (wrong) {
    throw new AwsError(
      'InvalidBlockDeviceMapping',
      `the encrypted flag cannot be specified since device ${wrong.DeviceName} has a snapshot specified.`,
    );
  }
};

export const imageCreationOperations: Record<string, Operation> = {
  CreateImage: operation<CreateImageRequest, CreateImageResult>(
    ['InstanceId', 'Name', 'Description', 'NoReboot', 'BlockDeviceMappings', 'TagSpecifications'],
    (context, { InstanceId = '', Name = '', Description = '', BlockDeviceMappings, TagSpecifications }) => {
      const instance = ownInstance(context, InstanceId);
      if (!['running', 'stopping', 'stopped'].includes(instanceState(instance, context.now))) {
        throw new AwsError(
          'IncorrectInstanceState',
          `The instance '${InstanceId}' is not in a state from which an image can be created.`,
        );
      }
      checkNewImageName(context, Name);
      checkImageDescription(Description);
      const tags = readTagSpecifications(TagSpecifications, ['image', 'snapshot']);
      const id = newId('ami');
      refuseEncryption(BlockDeviceMappings, (name) => instance.volumes.some(({ device }) => device === name));
      const wanted = mergeDevices(context, devicesOf(context, instance), BlockDeviceMappings);
      const { devices, made } = withSnapshots(context, wanted, { image: id, instance });
      const failure = context.becomesFailed;
      const image: ImageRecord = {
        id,
        owner: context.account,
        name: Name,
        description: Description,
        location: `${context.account}/${Name}`,
        createdAt: context.now.toISOString(),
        state: failure ? 'failed' : 'available',
        ...(failure
          ? {
              stateReason: {
                code: 'Server.InternalError',
                message: failure.reason ?? 'Internal error on image creation',
              },
            }
          : {}),
        architecture: instance.architecture,
        virtualization: instance.virtualization,
        rootDeviceName: instance.rootDeviceName,
        enaSupport: instance.enaSupport,
        ...(instance.sriovNetSupport === undefined ? {} : { sriovNetSupport: instance.sriovNetSupport }),
        sourceInstance: InstanceId,
        sourceImage: instance.image,
        devices,
        permissions: nobody,
        ...pendingFor(context, context.durations.image),
      };
      putImage(context, image);
      addTags(context, id, tags.image);
      for (const snapshot of made) addTags(context, snapshot, tags.snapshot);
      return { ImageId: id };
    },
  ),

  /** From EBS snapshots only; bundles in S3 are not here yet. */
  RegisterImage: operation<RegisterImageRequest, RegisterImageResult>(
    [
      'Name',
      'Description',
      'Architecture',
      'VirtualizationType',
      'RootDeviceName',
      'BlockDeviceMappings',
      'EnaSupport',
      'SriovNetSupport',
      'ImageLocation',
      'TagSpecifications',
    ],
    (context, input) => {
      const { Name = '', Description = '', RootDeviceName } = input;
      if (input.ImageLocation !== undefined) throw notImplemented('ec2:RegisterImage from a manifest in S3');
      checkNewImageName(context, Name);
      checkImageDescription(Description);
      if (!RootDeviceName) {
        throw new AwsError('MissingParameter', 'The request must contain the parameter RootDeviceName');
      }
      const tags = readTagSpecifications(input.TagSpecifications, ['image']);
      refuseEncryption(input.BlockDeviceMappings, () => false);
      const devices = mergeDevices(context, [], input.BlockDeviceMappings);
      const root = devices.find(({ device }) => device === RootDeviceName)?.ebs?.snapshot;
      if (!root) {
        throw new AwsError(
          'InvalidBlockDeviceMapping',
          `The root device ${RootDeviceName} names no snapshot`,
        );
      }
      for (const { ebs } of devices) {
        if (!ebs?.snapshot) continue;
        const state = snapshotState(ownSnapshot(context, ebs.snapshot), context.now);
        if (state !== 'completed') {
          throw new AwsError('IncorrectState', `The snapshot ${ebs.snapshot} is ${state}, not completed.`);
        }
      }
      const id = newId('ami');
      putImage(context, {
        id,
        owner: context.account,
        name: Name,
        description: Description,
        location: `${context.account}/${Name}`,
        createdAt: context.now.toISOString(),
        state: 'available',
        architecture: oneOf(input.Architecture, ['i386', 'x86_64', 'arm64'], 'i386'),
        virtualization: oneOf(input.VirtualizationType, ['paravirtual', 'hvm'], 'paravirtual'),
        rootDeviceName: RootDeviceName,
        enaSupport: input.EnaSupport ?? false,
        ...(input.SriovNetSupport === undefined ? {} : { sriovNetSupport: input.SriovNetSupport }),
        devices,
        permissions: nobody,
      });
      addTags(context, id, tags.image);
      return { ImageId: id };
    },
  ),
};

const oneOf = (value: string | undefined, values: string[], otherwise: string): string => {
  if (value === undefined) return otherwise;
  if (values.includes(value)) return value;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${value}) is invalid. Expected ${values.join(' or ')}.`,
  );
};
