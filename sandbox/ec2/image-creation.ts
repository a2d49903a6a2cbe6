import type {
  CreateImageRequest,
  CreateImageResult,
  RegisterImageRequest,
  RegisterImageResult,
} from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../aws-error.ts';
import { lookUp, newId } from '../identifiers.ts';
import { type Context, type Operation, operation } from '../operation.ts';
import type { BlockDevice, ImageRecord, InstanceRecord } from '../records.ts';
import { mergeDevices } from './block-devices.ts';
import { anyImage, putImage } from './image-records.ts';
import { ownInstance } from './instance-records.ts';
import { nobody } from './permissions.ts';
import { ownSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

/** Throws for a name that AWS does not allow or that another AMI of the account has in the region. */
const checkNewName = ({ store, account, region }: Context, name: string): void => {
  if (!/^[a-zA-Z0-9()[\] ./\-'@_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '[', ']', ' ', '.', '-', '/', ''', '@' and '_'",
    );
  }
  const images = store.of('image', account, region).list();
  const other = images.find((image) => image.name === name && image.state !== 'deregistered');
  if (other) {
    throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${other.id}`);
  }
};

const checkDescription = (description: string): void => {
  if (description.length > 255) {
    throw new AwsError('InvalidParameterValue', 'An AMI description has at most 255 characters');
  }
};

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
      encrypted: false,
      permissions: nobody,
    });
    return { ...device, ebs: { ...device.ebs, snapshot: id } };
  });
  return { devices: snapped, made };
};

export const imageCreationOperations: Record<string, Operation> = {
  /** The image can be used at the first look; AWS takes minutes over it. */
  CreateImage: operation<CreateImageRequest, CreateImageResult>(
    ['InstanceId', 'Name', 'Description', 'NoReboot', 'BlockDeviceMappings', 'TagSpecifications'],
    (context, { InstanceId = '', Name = '', Description = '', BlockDeviceMappings, TagSpecifications }) => {
      const instance = ownInstance(context, InstanceId);
      if (instance.state === 'terminated') {
        throw new AwsError(
          'IncorrectInstanceState',
          `The instance '${InstanceId}' is not in a state from which an image can be created.`,
        );
      }
      checkNewName(context, Name);
      checkDescription(Description);
      const tags = readTagSpecifications(TagSpecifications, ['image', 'snapshot']);
      const id = newId('ami');
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
      checkNewName(context, Name);
      checkDescription(Description);
      if (!RootDeviceName) {
        throw new AwsError('MissingParameter', 'The request must contain the parameter RootDeviceName');
      }
      const tags = readTagSpecifications(input.TagSpecifications, ['image']);
      const devices = mergeDevices(context, [], input.BlockDeviceMappings);
      const root = devices.find(({ device }) => device === RootDeviceName)?.ebs?.snapshot;
      if (!root) {
        throw new AwsError(
          'InvalidBlockDeviceMapping',
          `The root device ${RootDeviceName} names no snapshot`,
        );
      }
      for (const { ebs } of devices) if (ebs?.snapshot) ownSnapshot(context, ebs.snapshot);
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
