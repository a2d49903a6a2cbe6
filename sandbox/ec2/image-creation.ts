import type { CreateImageRequest, CreateImageResult } from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, newId } from '../model/identifiers.ts';
import type { BlockDevice, ImageRecord, InstanceRecord } from '../model/records.ts';
import { instanceState, pendingFor } from '../state/lifecycle.ts';
import { mergeDevices, refuseEncryption } from './block-devices.ts';
import type { Encryption } from './encryption.ts';
import { checkImageDescription, checkNewImageName } from './image-names.ts';
import { platformOf } from './image-platform.ts';
import { anyImage, putImage } from './image-records.ts';
import { ownInstance } from './instance-records.ts';
import { nobody } from './permissions.ts';
import { makeSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

/** The instance's current volumes, and the drives without a volume in its image's mapping. */
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

/** The devices, with a new snapshot for each volume that does not have one. */
const withSnapshots = (
  context: Context,
  devices: BlockDevice[],
  from: { image: string; instance: InstanceRecord },
): { devices: BlockDevice[]; made: string[] } => {
  const made: string[] = [];
  const snapped = devices.map((device): BlockDevice => {
    const volume = from.instance.volumes.find((one) => one.device === device.device)?.volume;
    if (!device.ebs || device.ebs.snapshot || !volume) return device;
    const { id } = makeSnapshot(
      context,
      {
        volume,
        size: device.ebs.size,
        description: `Created by CreateImage(${from.instance.id}) for ${from.image}`,
        ...encryptionOfVolume(context, volume),
      },
      context.durations.image,
    );
    made.push(id);
    return { ...device, ebs: { ...device.ebs, snapshot: id } };
  });
  return { devices: snapped, made };
};

/**
 * What the new image inherits from its instance's image: everything that belongs to the boot mode, and its watermarks ("AMI
 * watermarks").
 */
const inheritedFrom = (
  source: ImageRecord | undefined,
): Pick<ImageRecord, 'tpmSupport' | 'uefiData' | 'watermarks'> => ({
  ...(source?.watermarks === undefined ? {} : { watermarks: source.watermarks }),
  ...(source?.tpmSupport === undefined ? {} : { tpmSupport: source.tpmSupport }),
  ...(source?.uefiData === undefined ? {} : { uefiData: source.uefiData }),
});

const encryptionOfVolume = ({ store, account, region }: Context, id: string): Encryption => {
  const { encrypted = false, kmsKey } = store.of('volume', account, region).get(id) ?? {};
  return { encrypted, ...(kmsKey === undefined ? {} : { kmsKey }) };
};

/** `ImdsSupport` as DescribeImages shows it for images that CreateImage created from instances of an image with it. */
const imdsSupportOf = (context: Context, instance: InstanceRecord): Pick<ImageRecord, 'imdsSupport'> => {
  const imdsSupport = anyImage(context, instance.image)?.imdsSupport;
  return imdsSupport === undefined ? {} : { imdsSupport };
};

export const imageCreationOperations: Record<string, Operation> = {
  CreateImage: operation<CreateImageRequest, CreateImageResult>(
    ['InstanceId', 'Name', 'Description', 'NoReboot', 'BlockDeviceMappings', 'TagSpecifications'],
    (context, { InstanceId = '', Name = '', Description = '', BlockDeviceMappings, TagSpecifications }) => {
      const instance = ownInstance(context, InstanceId);
      if (instance.rootDeviceType === 'instance-store') {
        throw new AwsError(
          'InvalidParameterValue',
          `Invalid value '${InstanceId}' for instanceId. Instance does not have a volume attached at root (${instance.rootDeviceName})`,
        );
      }
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
        ...inheritedFrom(anyImage(context, instance.image)),
        ...platformOf(instance),
        ...imdsSupportOf(context, instance),
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
};
