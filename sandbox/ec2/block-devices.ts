import type { BlockDeviceMapping } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUp } from '../model/identifiers.ts';
import type { BlockDevice } from '../model/records.ts';
import { anySnapshot, visibleSnapshot } from './snapshots.ts';

interface Bounds {
  least: number;
  most: number;
}

/** GiB, IOPS, IOPS per GiB, and MiB/s, according to "Amazon EBS volume types" (Amazon EBS User Guide). */
const limitsOf: Record<string, { size: Bounds; iops?: Bounds & { perGib: number }; throughput?: Bounds }> = {
  standard: { size: { least: 1, most: 1024 } },
  gp2: { size: { least: 1, most: 16_384 } },
  gp3: {
    size: { least: 1, most: 65_536 },
    iops: { least: 3000, most: 80_000, perGib: 500 },
    throughput: { least: 125, most: 2000 },
  },
  io1: { size: { least: 4, most: 16_384 }, iops: { least: 100, most: 64_000, perGib: 50 } },
  io2: { size: { least: 4, most: 65_536 }, iops: { least: 100, most: 256_000, perGib: 1000 } },
  st1: { size: { least: 125, most: 16_384 } },
  sc1: { size: { least: 125, most: 16_384 } },
};

export const volumeTypes = Object.keys(limitsOf);
const knownMembers = new Set([
  'DeleteOnTermination',
  'Encrypted',
  'Iops',
  'KmsKeyId',
  'SnapshotId',
  'Throughput',
  'VolumeSize',
  'VolumeType',
]);

/**
 * Overrides an image's devices with those of a request, device by device. Throws for a mapping that EC2 refuses: no device
 * name, a volume smaller than its snapshot, a volume without size or snapshot, an unknown volume type.
 */
export const mergeDevices = (
  context: Context,
  devices: BlockDevice[],
  requested: BlockDeviceMapping[] | undefined,
): BlockDevice[] => {
  const merged = new Map(devices.map((device) => [device.device, device]));
  const seen = new Set<string>();
  for (const mapping of requested ?? []) {
    const name = mapping.DeviceName;
    if (!name) throw new AwsError('MissingParameter', 'The request must contain the parameter DeviceName');
    if (seen.has(name)) throw invalid(`Duplicate device name '${name}'`);
    seen.add(name);
    if (mapping.NoDevice !== undefined) merged.delete(name);
    else merged.set(name, deviceOf(context, name, mapping, merged.get(name)));
  }
  return [...merged.values()];
};

const deviceOf = (
  context: Context,
  device: string,
  { Ebs, VirtualName }: BlockDeviceMapping,
  before: BlockDevice | undefined,
): BlockDevice => {
  if (VirtualName !== undefined) {
    if (Ebs) throw invalid(`Device '${device}' has both a virtual name and a volume`);
    if (!/^ephemeral([0-9]|1\d|2[0-3])$/.test(VirtualName)) {
      throw invalid(`VirtualName '${VirtualName}' is invalid`);
    }
    return { device, virtualName: VirtualName };
  }
  if (!Ebs) throw invalid(`Device '${device}' has neither a volume nor a virtual name`);
  const unknown = Object.keys(Ebs).find((member) => !knownMembers.has(member));
  if (unknown) throw notImplemented(`block device mappings with ${unknown}`);
  const snapshot = Ebs.SnapshotId ?? before?.ebs?.snapshot;
  const its = Ebs.SnapshotId
    ? lookUp('snap', Ebs.SnapshotId, (id) => visibleSnapshot(context, id))
    : snapshot === undefined
      ? undefined
      : anySnapshot(context, snapshot);
  const least = its?.size;
  const size = Ebs.VolumeSize ?? (Ebs.SnapshotId ? least : (before?.ebs?.size ?? least));
  if (size === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter size or snapshotId');
  }
  if (least !== undefined && size < least) {
    throw invalid(
      `Volume of size ${size}GB is smaller than snapshot '${snapshot}', expect size>= ${least}GB`,
    );
  }
  const type = Ebs.VolumeType ?? before?.ebs?.type ?? 'gp2';
  const iops = Ebs.Iops ?? (type === before?.ebs?.type ? before.ebs.iops : undefined);
  const throughput = Ebs.Throughput ?? (type === before?.ebs?.type ? before.ebs.throughput : undefined);
  checkVolume({ type, size, iops, throughput });
  return {
    device,
    ebs: {
      ...(snapshot === undefined ? {} : { snapshot }),
      size,
      type,
      ...(iops === undefined ? {} : { iops }),
      ...(throughput === undefined ? {} : { throughput }),
      encrypted: Ebs.Encrypted === true || its?.encrypted === true || before?.ebs?.encrypted === true,
      ...(Ebs.KmsKeyId === undefined ? {} : { kmsKey: Ebs.KmsKeyId }),
      deleteOnTermination: Ebs.DeleteOnTermination ?? before?.ebs?.deleteOnTermination ?? true,
    },
  };
};

/** Throws for a volume that its type does not allow. */
export const checkVolume = (volume: {
  type: string;
  size: number;
  iops: number | undefined;
  throughput: number | undefined;
}): void => {
  const { type, size, iops, throughput } = volume;
  const limits = Object.hasOwn(limitsOf, type) ? limitsOf[type] : undefined;
  if (!limits) throw outside(`Invalid value '${type}' for VolumeType.`);
  if (!Number.isInteger(size) || isOutside(size, limits.size)) {
    throw outside(`Volume of ${size}GiB is outside the limits of '${type}'`);
  }
  if (iops === undefined && type.startsWith('io')) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter iops');
  }
  for (const [name, value, bounds] of [
    ['iops', iops, limits.iops],
    ['throughput', throughput, limits.throughput],
  ] as const) {
    if (value === undefined) continue;
    if (!bounds) {
      throw new AwsError(
        'InvalidParameterCombination',
        `The parameter ${name} is not supported for ${type} volumes.`,
      );
    }
    if (value < bounds.least)
      throw outside(`Volume ${name} of ${value} is too low; minimum is ${bounds.least}.`);
    if (value > bounds.most)
      throw outside(`Volume ${name} of ${value} is too high; maximum is ${bounds.most}.`);
  }
  const perGib = limits.iops?.perGib ?? 0;
  if (iops !== undefined && iops > size * perGib && (type !== 'gp3' || iops > 3000)) {
    throw outside(
      `Iops to volume size ratio of ${(iops / size).toFixed(6)} is too high; maximum is ${perGib}`,
    );
  }
};

const isOutside = (value: number, { least, most }: Bounds): boolean => value < least || value > most;

const outside = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** For image requests: volumes are encrypted at creation, and an image's snapshots are encrypted as their volumes are. */
export const refuseEncryption = (
  mappings: BlockDeviceMapping[] | undefined,
  hasSnapshot: (device: string) => boolean,
): void => {
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

/** Devices in the form of an image's block device mapping. */
export const mappingsOf = (devices: BlockDevice[]): BlockDeviceMapping[] =>
  devices.map(({ device, virtualName, ebs }) =>
    ebs
      ? {
          DeviceName: device,
          Ebs: {
            DeleteOnTermination: ebs.deleteOnTermination,
            SnapshotId: ebs.snapshot,
            VolumeSize: ebs.size,
            VolumeType: ebs.type as never,
            Iops: ebs.iops,
            Throughput: ebs.throughput,
            Encrypted: ebs.encrypted,
          },
        }
      : { DeviceName: device, VirtualName: virtualName },
  );

const invalid = (message: string): AwsError => new AwsError('InvalidBlockDeviceMapping', message);
