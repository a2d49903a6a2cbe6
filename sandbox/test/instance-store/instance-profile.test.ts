import {
  CreateKeyPairCommand,
  DescribeInstancesCommand,
  GetInstanceMetadataDefaultsCommand,
  ModifyImageAttributeCommand,
  ModifyInstanceMetadataDefaultsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { otherAccount } from '../../model/accounts.ts';
import { canonicalImage, makeImage } from '../../testing/images.ts';
import { createWorld, errorOf, type World } from '../../testing/world.ts';
import { instanceStoreBase } from './bases.ts';

const Arn = 'arn:aws:iam::123456789012:instance-profile/bundler';
const behaviour = { accounts: [{ account: '123456789012', instanceProfiles: ['bundler'] }] };

const run = async (world: World, input: Partial<RunInstancesCommandInput>, account = {}) =>
  world.ec2(account).send(
    new RunInstancesCommand({
      ImageId: await instanceStoreBase(world, 'hvm'),
      InstanceType: 'm3.medium',
      MinCount: 1,
      MaxCount: 1,
      ...input,
    }),
  );

test.each([{ Name: 'bundler' }, { Arn }])('an instance has the profile %j of its launch', async (asked) => {
  const world = createWorld({ behaviour });
  await run(world, { IamInstanceProfile: asked });
  await run(world, {});
  const Filters = [{ Name: 'iam-instance-profile.arn', Values: [Arn] }];
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({ Filters }));
  expect(Reservations?.length).toBe(1);
  expect(Reservations?.[0]?.Instances?.[0]?.IamInstanceProfile).toEqual({
    Arn,
    Id: expect.stringMatching(/^AIPA[0-9A-F]{17}$/),
  });
  expect(world.aws.running().map(({ metadata }) => metadata.hasRole)).toEqual([true, false]);
});

test.each([{ Name: 'another' }, { Arn: `${Arn}2` }])('no account has the profile %j', async (asked) => {
  const world = createWorld({ behaviour });
  await expect(run(world, { IamInstanceProfile: asked })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('Invalid IAM Instance Profile'),
  });
  expect(world.machines.size).toBe(0);
});

test('a profile belongs only to its account, and is given either by name or by ARN', async () => {
  const world = createWorld({ behaviour });
  const input = { IamInstanceProfile: { Name: 'bundler' } };
  expect(await errorOf(run(world, input, { account: otherAccount }))).toBe('InvalidParameterValue');
  expect(await errorOf(run(world, { IamInstanceProfile: { Name: 'bundler', Arn } }))).toBe(
    'InvalidParameterCombination',
  );
});

test('if session tokens are required, old tools get no answer from the metadata service', async () => {
  const world = createWorld({ behaviour });
  for (const MetadataOptions of [{}, { HttpTokens: 'required' }, { HttpEndpoint: 'disabled' }] as const) {
    await run(world, { MetadataOptions });
  }
  expect(world.aws.running().map(({ metadata }) => metadata.answers)).toEqual([true, false, false]);
});

test.each([
  ['14.04', {}, 1],
  ['14.04', { HttpTokens: 'required' }, 0],
  ['22.04', { HttpTokens: 'required' }, 1],
  ['22.04', { HttpEndpoint: 'disabled' }, 0],
] as const)('Ubuntu %s with %j gets %i keys for logging in', async (release, MetadataOptions, keys) => {
  const world = createWorld();
  const { KeyName } = await world.ec2().send(new CreateKeyPairCommand({ KeyName: 'login' }));
  const newer =
    release === '22.04' ? { ImageId: await canonicalImage(world), InstanceType: 't3.micro' as const } : {};
  await run(world, { ...newer, KeyName, MetadataOptions });
  expect(world.aws.running().map(({ publicKeys }) => publicKeys.length)).toEqual([keys]);
});

test('the account’s default in a region applies unless the launch sets something else', async () => {
  const world = createWorld({ behaviour });
  const ec2 = world.ec2();
  const defaults = async () => (await ec2.send(new GetInstanceMetadataDefaultsCommand({}))).AccountLevel;
  const modify = (HttpTokens: 'required' | 'optional' | 'no-preference') =>
    ec2.send(new ModifyInstanceMetadataDefaultsCommand({ HttpTokens }));
  expect(await defaults()).toEqual({ ManagedBy: 'account' });
  await modify('required');
  expect(await defaults()).toEqual({ HttpTokens: 'required', ManagedBy: 'account' });
  await run(world, {});
  await run(world, { MetadataOptions: { HttpTokens: 'optional' } });
  await modify('no-preference');
  expect(await defaults()).toEqual({ ManagedBy: 'account' });
  await run(world, {});
  expect(world.aws.running().map(({ metadata }) => metadata.answers)).toEqual([false, true, true]);
  expect(await errorOf(modify('sometimes' as never))).toBe('InvalidParameterValue');
  const elsewhere = world.ec2({ region: 'eu-west-1' });
  expect((await elsewhere.send(new GetInstanceMetadataDefaultsCommand({}))).AccountLevel).toEqual({
    ManagedBy: 'account',
  });
});

test('the account’s default takes precedence over the image’s setting', async () => {
  const world = createWorld();
  const { id: ImageId } = await makeImage(world, 'modern');
  const ec2 = world.ec2();
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, ImdsSupport: { Value: 'v2.0' } }));
  const answers = async () => {
    const input = { ImageId, InstanceType: 't3.micro' } as const;
    await run(world, input);
    return world.aws.running().at(-1)?.metadata.answers;
  };
  expect(await answers()).toBe(false);
  await ec2.send(new ModifyInstanceMetadataDefaultsCommand({ HttpTokens: 'optional' }));
  expect(await answers()).toBe(true);
});

test('profiles do not belong to a region', () => {
  const accounts = [{ region: 'us-east-1', instanceProfiles: ['bundler'] }];
  expect(() => createWorld({ behaviour: { accounts } })).toThrow('the same in all regions');
});
