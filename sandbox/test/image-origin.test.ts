import {
  AttachImageWatermarkCommand,
  CopyImageCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DetachImageWatermarkCommand,
  type EC2Client,
  GetImageAncestryCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import { canonicalImage, describe, launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, unblocked, type World } from '../testing/world.ts';

const attach = (ec2: EC2Client, ImageId: string, WatermarkName = 'approved') =>
  ec2.send(new AttachImageWatermarkCommand({ ImageId, WatermarkName }));

const share = (world: World, ImageId: string, to: { UserId: string } | { Group: 'all' }) =>
  errorOf(world.ec2().send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [to] } })));

test('a watermark is inherited by copies and by images of instances, and shown to everybody who may use them', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { id } = await makeImage(world, 'golden');
  const WatermarkKey = `${defaultAccount.id}:approved`;
  expect(await attach(ec2, id)).toMatchObject({ WatermarkKey });
  await attach(ec2, id);
  const { id: built } = await makeImage(world, 'built', await launch(world, id));
  const copy = new CopyImageCommand({ Name: 'copy', SourceImageId: built, SourceRegion: 'us-east-1' });
  const west = world.ec2({ region: 'us-west-2' });
  const { ImageId: copied = '' } = await west.send(copy);
  const { Images } = await west.send(new DescribeImagesCommand({ ImageIds: [copied] }));
  for (const image of [await describe(world, built), Images?.[0]]) {
    expect(image?.ImageWatermarks).toMatchObject([
      { WatermarkKey, SourceImageId: id, SourceImageRegion: 'us-east-1' },
    ]);
  }
  await ec2.send(new DetachImageWatermarkCommand({ ImageId: id, WatermarkKey }));
  await ec2.send(new DetachImageWatermarkCommand({ ImageId: id, WatermarkKey }));
  expect((await describe(world, id)).ImageWatermarks ?? []).toEqual([]);
  await share(world, built, { UserId: otherAccount.id });
  const seen = await world.ec2({ account: otherAccount }).send(
    new DescribeImagesCommand({
      Filters: [{ Name: 'image-watermark.watermark-key', Values: [WatermarkKey] }],
    }),
  );
  expect(seen.Images?.map(({ ImageId }) => ImageId)).toEqual([built]);
});

/** "AMI watermarks", EC2 User Guide; AttachImageWatermark, API reference: "Watermarks cannot be added to public AMIs". */
test('a public image cannot have a watermark, and one with a watermark cannot become public', async () => {
  const world = createWorld({ behaviour: unblocked });
  const marked = await makeImage(world, 'marked');
  await attach(world.ec2(), marked.id);
  expect(await share(world, marked.id, { Group: 'all' })).toBe('OperationNotPermitted');
  const open = await makeImage(world, 'open');
  expect(await share(world, open.id, { Group: 'all' })).toBe('no error');
  expect(await errorOf(attach(world.ec2(), open.id))).toBe('OperationNotPermitted');
  const foreign = world.ec2({ account: otherAccount });
  expect(await errorOf(attach(foreign, open.id))).toBe('AuthFailure');
});

test('an image has at most five watermarks, with names of 3 to 128 of the characters allowed in AMI names', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { id } = await makeImage(world, 'marked');
  for (const name of ['ab', 'a'.repeat(129), 'with:colon']) {
    expect(await errorOf(attach(ec2, id, name))).toBe('InvalidParameterValue');
  }
  for (let number = 1; number <= 5; number += 1) await attach(ec2, id, `mark ${number}`);
  expect(await errorOf(attach(ec2, id, 'mark 6'))).toBe('ResourceLimitExceeded');
  const key = new DetachImageWatermarkCommand({ ImageId: id, WatermarkKey: 'approved' });
  expect(await errorOf(ec2.send(key))).toBe('InvalidParameterValue');
});

/** "AMI ancestry", EC2 User Guide. */
test('the ancestry of an image leads back to the root, across regions and deregistered images', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const root = await canonicalImage(world);
  const parent = await makeImage(world, 'parent');
  const child = await makeImage(world, 'child', await launch(world, parent.id));
  const west = world.ec2({ region: 'us-west-2' });
  const copy = { Name: 'copy', SourceImageId: child.id, SourceRegion: 'us-east-1' };
  const { ImageId = '' } = await west.send(new CopyImageCommand(copy));
  await ec2.send(new DeregisterImageCommand({ ImageId: parent.id }));
  const { ImageAncestryEntries = [] } = await west.send(new GetImageAncestryCommand({ ImageId }));
  expect(
    ImageAncestryEntries.map((entry) => [entry.ImageId, entry.SourceImageId, entry.SourceImageRegion]),
  ).toEqual([
    [ImageId, child.id, 'us-east-1'],
    [child.id, parent.id, 'us-east-1'],
    [parent.id, root, 'us-east-1'],
    [root, undefined, undefined],
  ]);
  const private_ = new GetImageAncestryCommand({ ImageId: child.id });
  expect(await errorOf(world.ec2({ account: otherAccount }).send(private_))).toBe('InvalidAMIID.NotFound');
});

/** "Tag your AMIs", EC2 User Guide: `ec2:SharedTag/`; CopyImage, `CopyImageTags`. */
test('shared tags are shown to every account that may use the image, and only its owner sets them', async () => {
  const world = createWorld();
  const { id, snapshot } = await makeImage(world, 'shared');
  const Tags = [
    { Key: 'ec2:SharedTag/release', Value: '1.0' },
    { Key: 'team', Value: 'web' },
  ];
  await world.ec2().send(new CreateTagsCommand({ Resources: [id], Tags }));
  await share(world, id, { UserId: otherAccount.id });
  const other = world.ec2({ account: otherAccount });
  await other.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'ours', Value: 'yes' }] }));
  const Filters = [{ Name: 'tag:ec2:SharedTag/release', Values: ['1.0'] }];
  const { Images } = await other.send(new DescribeImagesCommand({ Filters }));
  expect(Images?.[0]?.Tags).toEqual([
    { Key: 'ours', Value: 'yes' },
    { Key: 'ec2:SharedTag/release', Value: '1.0' },
  ]);
  const set = new CreateTagsCommand({
    Resources: [id],
    Tags: [{ Key: 'ec2:SharedTag/release', Value: '2' }],
  });
  expect(await errorOf(other.send(set))).toBe('AuthFailure');
  const CreateVolumePermission = { Add: [{ UserId: otherAccount.id }] };
  await world
    .ec2()
    .send(new ModifySnapshotAttributeCommand({ SnapshotId: snapshot, CreateVolumePermission }));
  const { ImageId = '' } = await other.send(
    new CopyImageCommand({ Name: 'copy', SourceImageId: id, SourceRegion: 'us-east-1', CopyImageTags: true }),
  );
  const copied = await other.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
  expect(copied.Images?.[0]?.Tags).toEqual(
    expect.arrayContaining([{ Key: 'ec2:SharedTag/release', Value: '1.0' }]),
  );
  expect(copied.Images?.[0]?.Tags).not.toEqual(expect.arrayContaining([{ Key: 'team', Value: 'web' }]));
});
