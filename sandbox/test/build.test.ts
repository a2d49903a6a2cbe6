import {
  AuthorizeSecurityGroupIngressCommand,
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { createWorld, errorOf } from '../testing/world.ts';

/** The calls of a Packer build of an EBS image, in Packer's order. */
test('a build from Canonical’s image leaves an AMI with one snapshot and nothing else', async () => {
  const world = createWorld();
  const [ec2, ssm, sts] = [world.ec2(), world.ssm(), world.sts()];
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012');
  const path = '/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id';
  const { Parameters, InvalidParameters } = await ssm.send(
    new GetParametersCommand({ Names: [path, '/no/such'] }),
  );
  expect(InvalidParameters).toEqual(['/no/such']);
  const base = Parameters?.[0]?.Value ?? '';
  const described = await ec2.send(new DescribeImagesCommand({ ImageIds: [base] }));
  expect(described.Images?.[0]).toMatchObject({
    OwnerId: '099720109477',
    Architecture: 'x86_64',
    Public: true,
  });

  const key = await ec2.send(new CreateKeyPairCommand({ KeyName: 'build-key' }));
  expect(key.KeyMaterial).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'packer_1', Description: 'Temporary group for Packer' }),
  );
  const ingress = new AuthorizeSecurityGroupIngressCommand({
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  await ec2.send(ingress);
  expect(await errorOf(ec2.send(ingress))).toBe('InvalidPermission.Duplicate');
  const groups = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  expect(groups.SecurityGroups?.[0]?.IpPermissions?.[0]).toMatchObject({
    IpProtocol: 'tcp',
    FromPort: 22,
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  });

  const launched = await ec2.send(
    new RunInstancesCommand({
      ImageId: base,
      InstanceType: 't3.micro',
      KeyName: 'build-key',
      SecurityGroupIds: [GroupId],
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 12, DeleteOnTermination: true } }],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'gopackgo:target', Value: 'us-east-1-2204-hvm' }] },
        { ResourceType: 'volume', Tags: [{ Key: 'of', Value: 'build' }] },
      ],
    }),
  );
  const id = launched.Instances?.[0]?.InstanceId ?? '';
  expect(launched.Instances?.[0]?.State?.Name).toBe('pending');
  expect(world.machines.get(id)).toMatchObject({
    account: '123456789012',
    region: 'us-east-1',
    address: expect.stringMatching(/^127\.77\./),
    publicKeys: [expect.stringMatching(/^ecdsa-sha2-nistp256 AAAA/)],
    tags: { 'gopackgo:target': 'us-east-1-2204-hvm' },
  });
  expect(world.aws.running()).toEqual([...world.machines.values()]);
  const running = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = running.Reservations?.[0]?.Instances?.[0];
  expect(instance).toMatchObject({
    State: { Name: 'running', Code: 16 },
    PublicIpAddress: world.machines.get(id)?.address,
    SecurityGroups: [{ GroupId, GroupName: 'packer_1' }],
  });
  expect(await errorOf(ec2.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe('DependencyViolation');

  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(world.machines.size).toBe(0);
  const { ImageId = '' } = await ec2.send(new CreateImageCommand({ InstanceId: id, Name: 'test image 1.0' }));
  const [image] = (await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }))).Images ?? [];
  const snapshot = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  expect(image).toMatchObject({
    State: 'available',
    SourceInstanceId: id,
    Public: false,
    ImageLocation: '123456789012/test image 1.0',
    RootDeviceName: '/dev/sda1',
    EnaSupport: true,
    BlockDeviceMappings: [
      { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 12, DeleteOnTermination: true } },
      { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
      { DeviceName: '/dev/sdc', VirtualName: 'ephemeral1' },
    ],
  });
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId, snapshot], Tags: [{ Key: 'a', Value: 'b' }] }));

  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  const gone = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  expect(gone.Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('terminated');
  expect((await ec2.send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  await ec2.send(new DeleteKeyPairCommand({ KeyName: 'build-key' }));
  const tagged = await ec2.send(
    new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'tag:a', Values: ['b'] }] }),
  );
  expect(tagged.Snapshots?.map(({ SnapshotId }) => SnapshotId)).toEqual([snapshot]);
  expect(world.aws.running()).toEqual([]);
});
