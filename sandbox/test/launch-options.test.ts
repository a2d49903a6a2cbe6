import { type EbsBlockDevice, RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { canonicalImage } from './images.ts';
import { createWorld, errorOf } from './world.ts';

const userData = (bytes: number) => Buffer.alloc(bytes, 'x').toString('base64');
const withVolume = (Ebs: Partial<EbsBlockDevice>) => ({
  BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 200, ...Ebs } }],
});

test.each<[string, Partial<RunInstancesCommandInput>]>([
  ['InvalidParameterValue', { MetadataOptions: { HttpTokens: 'maybe' as 'required' } }],
  ['InvalidParameterValue', { MetadataOptions: { HttpPutResponseHopLimit: 65 } }],
  ['InvalidParameterValue', { UserData: userData(16_385) }],
  ['InvalidParameterValue', withVolume({ VolumeType: 'standard', VolumeSize: 1025 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'st1', VolumeSize: 124 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'gp3', Iops: 2999 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'gp3', VolumeSize: 20, Iops: 15_000 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'gp3', Throughput: 2001 })],
  ['InvalidParameterValue', withVolume({ VolumeType: 'io1', Iops: 10_001 })],
  ['MissingParameter', withVolume({ VolumeType: 'io2' })],
  ['InvalidParameterCombination', withVolume({ VolumeType: 'st1', Iops: 500 })],
  ['InvalidParameterCombination', withVolume({ VolumeType: 'gp2', Throughput: 250 })],
  ['NotImplementedBySandbox', { MetadataOptions: { InstanceMetadataTags: 'enabled' } }],
  ['NotImplementedBySandbox', { Placement: { Tenancy: 'dedicated' } }],
  ['NotImplementedBySandbox', { ImageId: 'resolve:ssm:/aws/service/canonical/x' }],
])('a launch is refused with %s rather than started otherwise than asked', async (code, input) => {
  const world = createWorld();
  const ImageId = await canonicalImage(world);
  const asked = { ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input } as const;
  expect(await errorOf(world.ec2().send(new RunInstancesCommand(asked)))).toBe(code);
  expect(world.machines.size).toBe(0);
});

test.each<[string, Partial<RunInstancesCommandInput>]>([
  ['16 KiB of user data', { UserData: userData(16_384) }],
  ['a small gp3 volume as fast as all are', withVolume({ VolumeType: 'gp3', VolumeSize: 1, Iops: 3000 })],
  ['the fastest io1 volume of its size', withVolume({ VolumeType: 'io1', Iops: 10_000 })],
  ['the largest magnetic volume', withVolume({ VolumeType: 'standard', VolumeSize: 1024 })],
])('a launch with %s is started', async (_, input) => {
  const world = createWorld();
  const ImageId = await canonicalImage(world);
  const asked = { ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input } as const;
  expect(await errorOf(world.ec2().send(new RunInstancesCommand(asked)))).toBe('no error');
});
