import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../../src/aws/connection.ts';

/** What exists in a region of this account, looked up with the tests' own client. */
export interface State {
  amis: { id: string; name: string; state: string; tags: Record<string, string>; snapshots: string[] }[];
  /** Resources that a build may not leave behind. */
  leftovers: string[];
}

export async function stateOf(clients: Clients, region = 'us-east-1'): Promise<State> {
  const ec2 = clients.ec2(region);
  const images = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true }));
  const instances = await ec2.send(new DescribeInstancesCommand({}));
  const keyPairs = await ec2.send(new DescribeKeyPairsCommand({}));
  const groups = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const volumes = await ec2.send(new DescribeVolumesCommand({}));
  const snapshots = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  const amis = (images.Images ?? []).map((image) => ({
    id: image.ImageId ?? '',
    name: image.Name ?? '',
    state: image.State ?? '',
    tags: Object.fromEntries((image.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  }));
  const used = amis.flatMap((ami) => ami.snapshots);
  const live = (instances.Reservations ?? [])
    .flatMap(({ Instances }) => Instances ?? [])
    .filter(({ State }) => State?.Name !== 'terminated');
  return {
    amis: amis.sort((one, other) => (one.name < other.name ? -1 : 1)),
    leftovers: [
      ...live.map(({ InstanceId, State }) => `instance ${InstanceId} ${State?.Name}`),
      ...(keyPairs.KeyPairs ?? []).map(({ KeyName }) => `key pair ${KeyName}`),
      ...(groups.SecurityGroups ?? [])
        .filter(({ GroupName }) => GroupName !== 'default')
        .map(({ GroupName }) => `group ${GroupName}`),
      ...(volumes.Volumes ?? []).map(({ VolumeId }) => `volume ${VolumeId}`),
      ...(snapshots.Snapshots ?? [])
        .map(({ SnapshotId = '' }) => SnapshotId)
        .filter((id) => !used.includes(id))
        .map((id) => `snapshot ${id}`),
    ],
  };
}
