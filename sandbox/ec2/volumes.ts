import type {
  DeleteVolumeRequest,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  Volume,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, lookUpAll } from '../model/identifiers.ts';
import type { VolumeRecord } from '../model/records.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { zoneId } from './regions.ts';
import { dropTags, tagListOf, tagsOf } from './tag-set.ts';

const volumes = ({ store, account, region }: Context) => store.of('volume', account, region);

const seenVolume = (context: Context, id: string): VolumeRecord | undefined =>
  context.sees(id) ? volumes(context).get(id) : undefined;

const stateOf = ({ attachment }: VolumeRecord) => (attachment ? 'in-use' : 'available');

const fields = ({ region }: Context): Fields<VolumeRecord> => ({
  'attachment.attach-time': ({ attachment }) => attachment?.attachedAt,
  'attachment.delete-on-termination': ({ attachment }) =>
    attachment && String(attachment.deleteOnTermination),
  'attachment.device': ({ attachment }) => attachment?.device,
  'attachment.instance-id': ({ attachment }) => attachment?.instance,
  'attachment.status': ({ attachment }) => attachment && 'attached',
  'availability-zone': ({ zone }) => zone,
  'create-time': ({ createdAt }) => createdAt,
  encrypted: ({ encrypted }) => String(encrypted),
  size: ({ size }) => String(size),
  'snapshot-id': ({ snapshot }) => snapshot,
  status: stateOf,
  'volume-id': ({ id }) => id,
  'volume-type': ({ type }) => type,
  'fast-restored': () => 'false',
  'multi-attach-enabled': () => 'false',
  'operator.managed': () => 'false',
  ...matchNothing('operator.principal'),
  'availability-zone-id': ({ zone }) => zoneId(region, zone),
});

/** A volume as DescribeVolumes shows it. */
export const volumeView = (context: Context, volume: VolumeRecord): Volume => ({
  VolumeId: volume.id,
  Size: volume.size,
  SnapshotId: volume.snapshot,
  AvailabilityZone: volume.zone,
  State: stateOf(volume),
  CreateTime: new Date(volume.createdAt),
  VolumeType: volume.type as 'gp3',
  Iops: volume.iops,
  Throughput: volume.throughput,
  Encrypted: volume.encrypted,
  KmsKeyId: volume.kmsKey,
  MultiAttachEnabled: false,
  Attachments: volume.attachment
    ? [
        {
          VolumeId: volume.id,
          InstanceId: volume.attachment.instance,
          Device: volume.attachment.device,
          State: 'attached',
          AttachTime: new Date(volume.attachment.attachedAt),
          DeleteOnTermination: volume.attachment.deleteOnTermination,
        },
      ]
    : [],
  Tags: tagListOf(context, volume.id),
});

export const volumeOperations: Record<string, Operation> = {
  DescribeVolumes: operation<DescribeVolumesRequest, DescribeVolumesResult>(
    ['VolumeIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.VolumeIds, 'volumeIds', input);
      const named = input.VolumeIds?.length
        ? lookUpAll('vol', input.VolumeIds, (id) => seenVolume(context, id))
        : volumes(context).list();
      const shown = filtered(named, input.Filters, fields(context), ({ id }) => tagsOf(context, id));
      const seen = shown.filter(({ id }) => context.sees(id));
      const { items, next } = pageOf('DescribeVolumes', seen, ({ id }) => id, input);
      return {
        Volumes: items.map((volume) => volumeView(context, volume)),
        NextToken: next,
      };
    },
  ),

  DeleteVolume: operation<DeleteVolumeRequest, object>(['VolumeId'], (context, { VolumeId = '' }) => {
    const volume = lookUp('vol', VolumeId, (id) => seenVolume(context, id));
    if (volume.attachment) {
      throw new AwsError(
        'VolumeInUse',
        `Volume ${VolumeId} is currently attached to ${volume.attachment.instance}`,
      );
    }
    volumes(context).delete(VolumeId);
    dropTags(context, VolumeId);
    return {};
  }),
};
