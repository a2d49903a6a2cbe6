import {
  CancelImportTaskCommand,
  CreateTagsCommand,
  DescribeImportSnapshotTasksCommand,
  type DescribeImportSnapshotTasksCommandInput,
  DescribeSnapshotsCommand,
  ImportSnapshotCommand,
  type ImportSnapshotCommandInput,
  type ImportSnapshotTask,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import type { Behaviour } from '../model/behaviour.ts';
import { s3Of } from '../testing/s3-client.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const Bucket = 'disk-images';
const gib = 1024 ** 3;

/** The start of a VMDK of a little more than 10 GiB. */
const vmdk = (() => {
  const bytes = Buffer.alloc(2048);
  bytes.write('KDMV', 0, 'latin1');
  bytes.writeBigUInt64LE(BigInt((10 * gib) / 512 + 1), 12);
  return bytes;
})();

/** A VHD of 3 GiB, according to its footer. */
const vhd = (() => {
  const bytes = Buffer.alloc(2048);
  bytes.write('conectix', 1536, 'latin1');
  bytes.writeBigUInt64BE(BigInt(3 * gib), 1536 + 48);
  return bytes;
})();

const behaviour: Behaviour = {
  speed: { copy: 60 },
  accounts: [{ roles: [{ name: 'vmimport' }, { name: 'service/importer' }], kmsKeys: ['alias/images'] }],
};

const withDisks = async (given: Behaviour = behaviour): Promise<World> => {
  const world = createWorld({ behaviour: given });
  const s3 = s3Of(world);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const objects = {
    'a disk.vmdk': vmdk,
    'disk.vhd': vhd,
    'disk.raw': Buffer.alloc(5000),
    empty: Buffer.alloc(0),
  };
  for (const [Key, Body] of Object.entries(objects))
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return world;
};

const disk = (Format: string, S3Key: string, S3Bucket = Bucket): ImportSnapshotCommandInput => ({
  DiskContainer: { Format, UserBucket: { S3Bucket, S3Key } },
});

const start = async (world: World, input: ImportSnapshotCommandInput): Promise<string> =>
  (await world.ec2().send(new ImportSnapshotCommand(input))).ImportTaskId ?? '';

const look = async (
  world: World,
  input: DescribeImportSnapshotTasksCommandInput = {},
): Promise<ImportSnapshotTask[]> =>
  (await world.ec2().send(new DescribeImportSnapshotTasksCommand(input))).ImportSnapshotTasks ?? [];

/** ImportSnapshot and DescribeImportSnapshotTasks, AWS CLI Command Reference: states, messages and what is shown in each. */
test('a disk image becomes a snapshot of its size, and an image can be registered from that', async () => {
  const world = await withDisks();
  const ec2 = world.ec2();
  const input = {
    Description: 'our base',
    ...disk('vmdk', 'a disk.vmdk'),
    ClientToken: 'once',
    TagSpecifications: [
      { ResourceType: 'import-snapshot-task' as const, Tags: [{ Key: 'team', Value: 'images' }] },
    ],
  };
  const started = await ec2.send(new ImportSnapshotCommand(input));
  const UserBucket = { S3Bucket: Bucket, S3Key: 'a disk.vmdk' };
  expect(started).toMatchObject({
    Description: 'our base',
    ImportTaskId: expect.stringMatching(/^import-snap-0[0-9a-f]{16}$/),
    SnapshotTaskDetail: {
      ...{ DiskImageSize: 0, Format: 'VMDK', Status: 'active', StatusMessage: 'pending', UserBucket },
    },
    Tags: [{ Key: 'team', Value: 'images' }],
  });
  expect(await start(world, input)).toBe(started.ImportTaskId);
  expect(await errorOf(start(world, { ...input, Description: 'another' }))).toBe(
    'IdempotentParameterMismatch',
  );
  const ImportTaskIds = [started.ImportTaskId ?? ''];
  const [active] = await look(world, { ImportTaskIds });
  expect(active?.SnapshotTaskDetail).toEqual({
    ...{ Description: 'our base', DiskImageSize: 2048, Encrypted: false, Format: 'VMDK', UserBucket },
    Progress: '0',
    ...{ Status: 'active', StatusMessage: 'downloading/converting' },
  });

  world.aws.settings.advance(60);
  const [done] = await look(world, { ImportTaskIds });
  const SnapshotId = done?.SnapshotTaskDetail?.SnapshotId ?? '';
  expect(done?.SnapshotTaskDetail).toEqual({
    ...{ Description: 'our base', DiskImageSize: 2048, Encrypted: false, Format: 'VMDK', UserBucket },
    ...{ SnapshotId, Status: 'completed' },
  });
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }));
  expect(Snapshots).toMatchObject([
    {
      ...{ VolumeSize: 11, VolumeId: 'vol-ffffffff', State: 'completed', Encrypted: false },
      Description: `Created by AWS-VMImport service for ${started.ImportTaskId}`,
    },
  ]);
  const register = new RegisterImageCommand({
    ...{ Name: 'imported', Architecture: 'x86_64', VirtualizationType: 'hvm', RootDeviceName: '/dev/xvda' },
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
  });
  expect((await ec2.send(register)).ImageId).toMatch(/^ami-/);
});

test('an imported snapshot is encrypted as requested, also from a URL, and with another role', async () => {
  const world = await withDisks({ ...behaviour, speed: 'quick' });
  const Url = `https://${Bucket}.s3.us-east-1.amazonaws.com/disk.vhd`;
  const options = { Encrypted: true, KmsKeyId: 'alias/images', RoleName: 'importer' };
  await start(world, { DiskContainer: { Format: 'VHD', Url, Description: 'data' }, ...options });
  const [task] = await look(world);
  expect(task?.SnapshotTaskDetail).toMatchObject({
    ...{ Status: 'completed', Encrypted: true, Url, Description: 'data' },
    KmsKeyId: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//),
  });
  const SnapshotIds = [task?.SnapshotTaskDetail?.SnapshotId ?? ''];
  const { Snapshots } = await world.ec2().send(new DescribeSnapshotsCommand({ SnapshotIds }));
  expect(Snapshots).toMatchObject([
    { VolumeSize: 3, Encrypted: true, KmsKeyId: task?.SnapshotTaskDetail?.KmsKeyId },
  ]);
});

/** osbuild/osbuild-composer#706; of a key that is not there ImportSnapshot, `KmsKeyId`: "This action will eventually report failure". */
test.each<[string, ImportSnapshotCommandInput]>([
  ['ClientError: Disk validation failed [Unsupported VMDK File Format]', disk('VMDK', 'disk.raw')],
  ['ClientError: Disk validation failed [Unsupported specified file format]', disk('VHD', 'a disk.vmdk')],
  ['ClientError: Disk validation failed [Unsupported specified file format]', disk('RAW', 'empty')],
  [
    'ClientError: The specified KMS key is not accessible',
    { ...disk('RAW', 'disk.raw'), Encrypted: true, KmsKeyId: 'alias/none' },
  ],
])('a task ends with %s, and leaves no snapshot', async (message, input) => {
  const world = await withDisks();
  await start(world, input);
  expect((await look(world))[0]?.SnapshotTaskDetail?.Status).toBe('active');
  world.aws.settings.advance(60);
  const [task] = await look(world);
  expect(task?.SnapshotTaskDetail).toMatchObject({ Status: 'deleted', StatusMessage: message });
  expect(task?.SnapshotTaskDetail?.SnapshotId).toBeUndefined();
  const { Snapshots } = await world.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots).toEqual([]);
});

test.each<[string, RegExp, ImportSnapshotCommandInput]>([
  ['InvalidParameter', /does not have access to the S3 object \(disk-images\/none\)/, disk('RAW', 'none')],
  ['InvalidParameter', /Invalid S3 source location/, disk('RAW', 'disk.raw', 'no-bucket')],
  ['InvalidParameter', /service role other provided/, { ...disk('RAW', 'disk.raw'), RoleName: 'other' }],
  ['InvalidParameter', /format/, disk('QCOW2', 'disk.raw')],
  ['InvalidParameter', /source location/, { DiskContainer: { Format: 'RAW', Url: 'http://elsewhere/disk' } }],
  ['MissingParameter', /diskContainer/, {}],
  ['MissingParameter', /S3Bucket/, { DiskContainer: { Format: 'RAW' } }],
  ['InvalidParameterDependency', /KmsKeyId/, { ...disk('RAW', 'disk.raw'), KmsKeyId: 'alias/images' }],
  ['DryRunOperation', /would have succeeded/, { ...disk('RAW', 'disk.raw'), DryRun: true }],
])('ImportSnapshot answers %s, %o', async (name, message, input) => {
  const world = await withDisks();
  const call = world.ec2().send(new ImportSnapshotCommand(input));
  await expect(call).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(await look(world)).toEqual([]);
});

test('a bucket of another region or account is refused, and a missing role', async () => {
  const world = await withDisks({ accounts: [{ account: otherAccount.id, roles: [{ name: 'vmimport' }] }] });
  const input = disk('RAW', 'disk.raw');
  const ask = (options: Parameters<World['ec2']>[0]) =>
    world.ec2(options).send(new ImportSnapshotCommand(input));
  await expect(ask({ region: 'eu-west-1' })).rejects.toThrow(/not local to the region.*in eu-west-1/);
  await expect(ask({ account: otherAccount })).rejects.toThrow(/does not have access/);
  await expect(ask({ account: defaultAccount })).rejects.toThrow(
    'The service role vmimport provided does not exist or does not have sufficient permissions',
  );
});

test('a task is cancelled with its snapshot while it is active; tasks are filtered, paged, tagged', async () => {
  const world = await withDisks();
  const ec2 = world.ec2();
  const [kept, cancelled] = [
    await start(world, disk('RAW', 'disk.raw')),
    await start(world, disk('VHD', 'disk.vhd')),
  ];
  const cancel = (ImportTaskId: string) =>
    ec2.send(new CancelImportTaskCommand({ ImportTaskId, CancelReason: 'not needed' }));
  expect(await cancel(cancelled)).toMatchObject({
    ...{ ImportTaskId: cancelled, PreviousState: 'active', State: 'deleting' },
  });
  expect((await look(world, { ImportTaskIds: [cancelled] }))[0]?.SnapshotTaskDetail).toMatchObject({
    ...{ Status: 'deleted', StatusMessage: 'not needed' },
  });
  world.aws.settings.advance(60);
  expect(await errorOf(cancel(kept))).toBe('IncorrectState');
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots).toHaveLength(1);
  const first = await ec2.send(new DescribeImportSnapshotTasksCommand({ MaxResults: 1 }));
  const second = await ec2.send(new DescribeImportSnapshotTasksCommand({ NextToken: first.NextToken }));
  const shown = [first, second].flatMap(({ ImportSnapshotTasks = [] }) => ImportSnapshotTasks);
  expect(shown.map(({ ImportTaskId }) => ImportTaskId).sort()).toEqual([kept, cancelled].sort());
  await ec2.send(new CreateTagsCommand({ Resources: [kept], Tags: [{ Key: 'k', Value: 'v' }] }));
  const tagged = await look(world, { Filters: [{ Name: 'tag:k', Values: ['v'] }] });
  expect(tagged).toMatchObject([{ ImportTaskId: kept, Tags: [{ Key: 'k', Value: 'v' }] }]);
  const byState = look(world, { Filters: [{ Name: 'task-state', Values: ['completed'] }] });
  expect(await errorOf(byState)).toBe('InvalidParameterValue');
});

test('a fault makes an import fail, with its reason', async () => {
  const world = await withDisks({ ...behaviour, speed: 'quick' });
  const reason = 'ClientError: Unknown OS / Missing OS files.';
  world.faults.add([{ on: 'ec2:ImportSnapshot', does: { becomes: 'failed', reason } }]);
  await start(world, disk('RAW', 'disk.raw'));
  const [task] = await look(world);
  expect(task?.SnapshotTaskDetail).toMatchObject({ Status: 'deleted', StatusMessage: reason });
});

/** "Error codes for the Amazon EC2 API", and the waiters of AWS's SDKs for what is not there. */
test('ids of no task are refused', async () => {
  const world = createWorld();
  const ask = (id: string) => errorOf(look(world, { ImportTaskIds: [id] }));
  expect(await ask('import-snap-0123456789abcdef0')).toBe('InvalidConversionTaskId');
  expect(await ask('import-snap-x')).toBe('InvalidConversionTaskId.Malformed');
  const image = new CancelImportTaskCommand({ ImportTaskId: 'import-ami-1234567890abcdef0' });
  expect(await errorOf(world.ec2().send(image))).toBe('InvalidConversionTaskId');
});
