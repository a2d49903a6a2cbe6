import {
  CopyImageCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { makeImage } from '../testing/images.ts';
import { createWorld, errorOf, unblocked } from '../testing/world.ts';

const share = { Add: [{ UserId: otherAccount.id }] };

const withImage = async () => {
  const world = createWorld({ behaviour: unblocked });
  const image = await makeImage(world, 'theirs');
  return { world, owner: world.ec2(), other: world.ec2({ account: otherAccount }), ...image };
};

const launchOf = (ImageId: string) =>
  new RunInstancesCommand({
    ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    // As Packer does: another size for the volume, whose snapshot the other account may not use.
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 20 } }],
  });

const copyOf = (SourceImageId: string) =>
  new CopyImageCommand({ Name: 'copy', SourceImageId, SourceRegion: 'us-east-1', CopyImageTags: true });

test('a private image does not exist for others, who can neither launch nor copy it', async () => {
  const { id, other } = await withImage();
  expect(await errorOf(other.send(new DescribeImagesCommand({ ImageIds: [id] })))).toBe(
    'InvalidAMIID.NotFound',
  );
  expect(await errorOf(other.send(launchOf(id)))).toBe('AuthFailure');
  expect(await errorOf(other.send(copyOf(id)))).toBe('InvalidAMIID.NotFound');
  expect(await errorOf(other.send(new DeregisterImageCommand({ ImageId: id })))).toBe(
    'InvalidAMIID.NotFound',
  );
});

test.each([
  ['an account', share],
  ['everyone', { Add: [{ Group: 'all' as const }] }],
])('an image shared with %s can be launched, and changed only by its owner', async (_, LaunchPermission) => {
  const { id, snapshot, owner, other } = await withImage();
  await owner.send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission }));
  expect(await errorOf(other.send(launchOf(id)))).toBe('no error');
  const attempts = [
    new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: share }),
    new ModifyImageAttributeCommand({ ImageId: id, Description: { Value: 'mine now' } }),
    new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' }),
    new DeregisterImageCommand({ ImageId: id }),
    new DisableImageCommand({ ImageId: id }),
  ];
  for (const attempt of attempts) expect(await errorOf(other.send(attempt as never))).toBe('AuthFailure');
  expect(await errorOf(other.send(new DeleteSnapshotCommand({ SnapshotId: snapshot })))).toBe(
    'InvalidSnapshot.NotFound',
  );
  await owner.send(new DeregisterImageCommand({ ImageId: id }));
  expect(await errorOf(other.send(launchOf(id)))).not.toBe('no error');
});

test('an image can be copied only if its snapshots are shared too, without its permissions and tags', async () => {
  const { world, id, snapshot, owner, other } = await withImage();
  const tag = (resource: string, Value: string) =>
    new CreateTagsCommand({ Resources: [resource], Tags: [{ Key: 'of', Value }] });
  await owner.send(tag(id, 'owner'));
  await owner.send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: share }));
  const refused = other.send(copyOf(id));
  expect(await errorOf(refused)).toBe('InvalidRequest');
  await expect(refused).rejects.toThrow('You do not have permission to access the storage of this ami');

  await owner.send(
    new ModifySnapshotAttributeCommand({ SnapshotId: snapshot, CreateVolumePermission: share }),
  );
  await other.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'their', Value: 'own' }] }));
  const elsewhere = world.ec2({ account: otherAccount, region: 'eu-west-1' });
  const { ImageId = '' } = await elsewhere.send(copyOf(id));
  const { Images } = await elsewhere.send(new DescribeImagesCommand({ Owners: ['self'] }));
  expect(Images).toMatchObject([
    {
      ImageId,
      OwnerId: otherAccount.id,
      SourceImageId: id,
      SourceImageRegion: 'us-east-1',
      Public: false,
      Tags: [{ Key: 'their', Value: 'own' }],
    },
  ]);
  const permissions = new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' });
  expect((await elsewhere.send(permissions)).LaunchPermissions).toEqual([]);
  expect(await errorOf(owner.send(new DescribeImagesCommand({ ImageIds: [ImageId] })))).toBe(
    'InvalidAMIID.NotFound',
  );
});
