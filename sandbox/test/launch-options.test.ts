import { RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { canonicalImage } from './images.ts';
import { createWorld, errorOf } from './world.ts';

test.each<[string, Partial<RunInstancesCommandInput>]>([
  ['InvalidParameterValue', { MetadataOptions: { HttpTokens: 'maybe' as 'required' } }],
  ['InvalidParameterValue', { MetadataOptions: { HttpPutResponseHopLimit: 65 } }],
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
