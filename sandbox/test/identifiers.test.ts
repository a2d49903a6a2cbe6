import * as ec2 from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createWorld, errorOf } from '../testing/world.ts';

const absent = '0123456789abcdef0';

/** AWS's answers to a malformed id and to an unknown one, by the call that names it. */
test.each<[string, (client: ec2.EC2Client, id: string) => Promise<unknown>, string, string, string]>([
  [
    'DescribeImages',
    (c, id) => c.send(new ec2.DescribeImagesCommand({ ImageIds: [id] })),
    'ami',
    'InvalidAMIID.Malformed',
    'InvalidAMIID.NotFound',
  ],
  [
    'DeregisterImage',
    (c, id) => c.send(new ec2.DeregisterImageCommand({ ImageId: id })),
    'ami',
    'InvalidAMIID.Malformed',
    'InvalidAMIID.NotFound',
  ],
  [
    'DescribeInstances',
    (c, id) => c.send(new ec2.DescribeInstancesCommand({ InstanceIds: [id] })),
    'i',
    'InvalidInstanceID.Malformed',
    'InvalidInstanceID.NotFound',
  ],
  [
    'TerminateInstances',
    (c, id) => c.send(new ec2.TerminateInstancesCommand({ InstanceIds: [id] })),
    'i',
    'InvalidInstanceID.Malformed',
    'InvalidInstanceID.NotFound',
  ],
  [
    'DescribeSnapshots',
    (c, id) => c.send(new ec2.DescribeSnapshotsCommand({ SnapshotIds: [id] })),
    'snap',
    'InvalidSnapshotID.Malformed',
    'InvalidSnapshot.NotFound',
  ],
  [
    'DeleteSnapshot',
    (c, id) => c.send(new ec2.DeleteSnapshotCommand({ SnapshotId: id })),
    'snap',
    'InvalidSnapshotID.Malformed',
    'InvalidSnapshot.NotFound',
  ],
  [
    'DescribeVolumes',
    (c, id) => c.send(new ec2.DescribeVolumesCommand({ VolumeIds: [id] })),
    'vol',
    'InvalidVolumeID.Malformed',
    'InvalidVolume.NotFound',
  ],
  [
    'DescribeSecurityGroups',
    (c, id) => c.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] })),
    'sg',
    'InvalidGroupId.Malformed',
    'InvalidGroup.NotFound',
  ],
  [
    'DeleteSecurityGroup',
    (c, id) => c.send(new ec2.DeleteSecurityGroupCommand({ GroupId: id })),
    'sg',
    'InvalidGroupId.Malformed',
    'InvalidGroup.NotFound',
  ],
  [
    'DescribeSubnets',
    (c, id) => c.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [id] })),
    'subnet',
    'InvalidSubnetId.Malformed',
    'InvalidSubnetID.NotFound',
  ],
  [
    'CreateTags',
    (c, id) => c.send(new ec2.CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
    'ami',
    'InvalidAMIID.Malformed',
    'InvalidAMIID.NotFound',
  ],
])(
  '%s distinguishes a malformed id from one that is not found',
  async (_, call, prefix, malformed, notFound) => {
    const client = createWorld().ec2();
    expect(await errorOf(call(client, `${prefix}-nonsense`))).toBe(malformed);
    expect(await errorOf(call(client, `${prefix}-${absent}`))).toBe(notFound);
  },
);

test('several unknown ids are named together, as AWS does for images', async () => {
  const client = createWorld().ec2();
  const ImageIds = ['ami-abcd1234', 'ami-1234abcd'];
  await expect(client.send(new ec2.DescribeImagesCommand({ ImageIds }))).rejects.toThrow(
    "The image ids '[ami-abcd1234, ami-1234abcd]' do not exist",
  );
});
