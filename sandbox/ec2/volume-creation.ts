import type { CreateVolumeRequest, Volume } from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, newId } from '../model/identifiers.ts';
import type { VolumeRecord } from '../model/records.ts';
import { regionFacts } from '../model/regions.ts';
import { snapshotState } from '../state/lifecycle.ts';
import { checkVolume } from './block-devices.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { encryptionOf, keyExists, mayRead } from './encryption.ts';
import { zoneId } from './regions.ts';
import { visibleSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';
import { volumeView } from './volumes.ts';

/** The zone that a request names, by name or by id. */
const zoneOf = (
  { region }: Context,
  { AvailabilityZone, AvailabilityZoneId }: CreateVolumeRequest,
): string => {
  const names = regionFacts(region).zones.map((letter) => `${region}${letter}`);
  if (AvailabilityZone === undefined && AvailabilityZoneId === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter AvailabilityZone');
  }
  if (AvailabilityZone !== undefined && AvailabilityZoneId !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'The parameter AvailabilityZone cannot be used with the parameter AvailabilityZoneId',
    );
  }
  const found = names.find(
    (name) => name === AvailabilityZone || zoneId(region, name) === AvailabilityZoneId,
  );
  if (found) return found;
  throw new AwsError(
    'InvalidZone.NotFound',
    `The zone '${AvailabilityZone ?? AvailabilityZoneId}' does not exist.`,
  );
};

/** The baseline IOPS of a gp2 volume of this size ("Amazon EBS General Purpose SSD volumes"). */
const baseline = (size: number): number => Math.min(16_000, Math.max(100, size * 3));

const performanceOf = (type: string, size: number, iops?: number, throughput?: number) => {
  if (type === 'gp3') return { iops: iops ?? 3000, throughput: throughput ?? 125 };
  if (type === 'gp2') return { iops: baseline(size) };
  return iops === undefined ? {} : { iops };
};

const volumes = ({ store, account, region }: Context) => store.of('volume', account, region);

const create = (context: Context, input: CreateVolumeRequest): VolumeRecord => {
  const { SnapshotId, VolumeType: type = 'gp2', Iops: iops, Throughput: throughput } = input;
  const zone = zoneOf(context, input);
  const tags = readTagSpecifications(input.TagSpecifications, ['volume']);
  const source =
    SnapshotId === undefined ? undefined : lookUp('snap', SnapshotId, (id) => visibleSnapshot(context, id));
  const size = input.Size ?? source?.size;
  if (size === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter size or snapshotId');
  }
  if (source && snapshotState(source, context.now) !== 'completed') {
    throw new AwsError('IncorrectState', `Snapshot '${SnapshotId}' is not 'completed'.`);
  }
  if (source && size < source.size) {
    throw new AwsError(
      'InvalidParameterValue',
      `The specified size ${size} is smaller than the size ${source.size} of the snapshot '${SnapshotId}'.`,
    );
  }
  checkVolume({ type, size, iops, throughput });
  const encryption = encryptionOf(context, input, source ?? { encrypted: false }, { inherits: true });
  const volume: VolumeRecord = {
    id: newId('vol'),
    size,
    type,
    ...performanceOf(type, size, iops, throughput),
    ...encryption,
    snapshot: SnapshotId ?? '',
    zone,
    createdAt: context.now.toISOString(),
  };
  // EC2 looks up the key after the answer, and the volume fails if the key is missing (CreateVolume, `KmsKeyId`).
  if (encryption.kmsKey !== undefined && !keyExists(context, encryption.kmsKey)) return volume;
  if (source && !mayRead(context, source)) return volume;
  volumes(context).put(volume.id, volume);
  addTags(context, volume.id, tags.volume);
  return volume;
};

export const volumeCreationOperations: Record<string, Operation> = {
  /** `creating` in the answer, as on AWS; available at the next lookup. */
  CreateVolume: operation<CreateVolumeRequest, Volume>(
    [
      'AvailabilityZone',
      'AvailabilityZoneId',
      'Size',
      'SnapshotId',
      'VolumeType',
      'Iops',
      'Throughput',
      'Encrypted',
      'KmsKeyId',
      'TagSpecifications',
      'ClientToken',
    ],
    (context, input) => {
      const [before] = madeWith(context, 'CreateVolume', input) ?? [];
      const known = before === undefined ? undefined : volumes(context).get(before);
      if (known) return { ...volumeView(context, known), State: 'creating' };
      const made = create(context, input);
      rememberToken(context, 'CreateVolume', input, [made.id]);
      return { ...volumeView(context, made), State: 'creating' };
    },
  ),
};
