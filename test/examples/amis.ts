import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import type { Clients } from '../../src/aws/connection.ts';

/** An AMI as others see it: what the documents of the five systems list. */
export interface SeenAmi {
  id: string;
  name: string;
  description: string;
  architecture: string;
  virtualization: string;
  rootDevice: string;
  /** Without those of gopackgo. */
  tags: Record<string, string>;
  /** Device, size in GiB and type of each volume. */
  volumes: [device: string, size: number, type: string][];
  /** Who may launch it: account ids, or `all`. */
  launchedBy: string[];
  /** Who may copy it, by the permissions of all its snapshots. */
  copiedBy: string[];
  /** The bundle's manifest, of an AMI on instance-store. */
  location?: string;
}

/** This account's AMIs in a region, by name; asked by a client of the tests' own. */
export async function amisIn(clients: Clients, region: string): Promise<SeenAmi[]> {
  const ec2 = clients.ec2(region);
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  const seen = Images.map(async (image): Promise<SeenAmi> => {
    const permissions = await ec2.send(
      new DescribeImageAttributeCommand({ ImageId: image.ImageId, Attribute: 'launchPermission' }),
    );
    const devices = (image.BlockDeviceMappings ?? []).filter(({ Ebs }) => Ebs?.SnapshotId !== undefined);
    const copiers = await Promise.all(
      devices.map(async ({ Ebs }) => {
        const answer = await ec2.send(
          new DescribeSnapshotAttributeCommand({
            SnapshotId: Ebs?.SnapshotId,
            Attribute: 'createVolumePermission',
          }),
        );
        return namesOf(answer.CreateVolumePermissions);
      }),
    );
    return {
      id: image.ImageId ?? '',
      name: image.Name ?? '',
      description: image.Description ?? '',
      architecture: image.Architecture ?? '',
      virtualization: image.VirtualizationType ?? '',
      rootDevice: image.RootDeviceType ?? '',
      tags: Object.fromEntries(
        (image.Tags ?? [])
          .filter(({ Key = '' }) => !Key.startsWith('gopackgo:'))
          .map(({ Key = '', Value = '' }) => [Key, Value]),
      ),
      volumes: devices.map(({ DeviceName = '', Ebs }) => [
        DeviceName,
        Ebs?.VolumeSize ?? 0,
        Ebs?.VolumeType ?? '',
      ]),
      launchedBy: namesOf(permissions.LaunchPermissions),
      copiedBy: [...new Set(copiers.flat())].sort(),
      ...(image.RootDeviceType === 'instance-store' ? { location: image.ImageLocation ?? '' } : {}),
    };
  });
  return (await Promise.all(seen)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

const namesOf = (permissions: { UserId?: string | undefined; Group?: string | undefined }[] = []): string[] =>
  permissions.map(({ UserId, Group }) => UserId ?? Group ?? '').sort();

/** The parameters below a path, in a region. */
export async function parametersIn(
  clients: Clients,
  region: string,
  path: string,
): Promise<Record<string, string>> {
  const { Parameters = [] } = await clients
    .ssm(region)
    .send(new GetParametersByPathCommand({ Path: path, Recursive: true }));
  return Object.fromEntries(Parameters.map(({ Name, Value }) => [Name, Value]));
}
