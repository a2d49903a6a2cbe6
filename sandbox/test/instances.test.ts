import {
  CreateKeyPairCommand,
  DeleteVolumeCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeVolumesCommand,
  ImportKeyPairCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { newEd25519Key } from '../ec2/openssh-key.ts';
import { otherAccount } from '../model/accounts.ts';
import { canonicalImage, launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const run = async (world: World, input: Partial<RunInstancesCommandInput>) =>
  world.ec2().send(
    new RunInstancesCommand({
      ImageId: await canonicalImage(world),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      ...input,
    }),
  );

const look = async (world: World, id: string) => {
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};

test.each<[string, Partial<RunInstancesCommandInput>]>([
  ['InvalidAMIID.Malformed', { ImageId: 'ami-xyz' }],
  ['InvalidAMIID.NotFound', { ImageId: 'ami-0123456789abcdef0' }],
  ['InvalidKeyPair.NotFound', { KeyName: 'nobody' }],
  ['InvalidGroup.NotFound', { SecurityGroupIds: ['sg-0123456789abcdef0'] }],
  ['InvalidSubnetID.NotFound', { SubnetId: 'subnet-0123456789abcdef0' }],
  ['InvalidParameterValue', { InstanceType: 'z9.huge' as 't3.micro' }],
  ['InvalidParameterValue', { InstanceType: 't4g.micro' }],
  ['InvalidParameterValue', { MinCount: 2, MaxCount: 1 }],
  ['InvalidParameterValue', { IamInstanceProfile: { Name: 'nobody' } }],
  ['InvalidParameterValue', { Placement: { AvailabilityZone: 'us-east-1z' } }],
  [
    'InvalidParameterValue',
    { TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: 'b' }] }] },
  ],
  [
    'InvalidBlockDeviceMapping',
    { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 4 } }] },
  ],
  ['MissingParameter', { BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeType: 'gp3' } }] }],
  ['NotImplementedBySandbox', { NetworkInterfaces: [{ DeviceIndex: 0, DeleteOnTermination: false }] }],
  ['NotImplementedBySandbox', { Placement: { AvailabilityZone: 'us-east-1a', Tenancy: 'dedicated' } }],
])('a launch is refused with %s for %j and leaves nothing', async (code, input) => {
  const world = createWorld();
  expect(await errorOf(run(world, input))).toBe(code);
  expect((await world.ec2().send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  expect((await world.ec2().send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
  expect(world.machines.size).toBe(0);
});

test("an HVM image starts on EC2's default type if none is named", async () => {
  const world = createWorld();
  const { Instances = [] } = await run(world, { InstanceType: undefined });
  expect(Instances.map(({ InstanceType, VirtualizationType }) => [InstanceType, VirtualizationType])).toEqual(
    [['m1.small', 'hvm']],
  );
});

test('an empty NoDevice removes a device', async () => {
  const world = createWorld();
  const add = { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } };
  const { Instances } = await run(world, { BlockDeviceMappings: [add] });
  const image = await makeImage(world, 'two volumes', Instances?.[0]?.InstanceId);
  await run(world, { ImageId: image.id, BlockDeviceMappings: [{ DeviceName: '/dev/sdf', NoDevice: '' }] });
  const { Volumes } = await world.ec2().send(new DescribeVolumesCommand({}));
  expect(Volumes?.map(({ Attachments }) => Attachments?.[0]?.Device).sort()).toEqual([
    '/dev/sda1',
    '/dev/sda1',
    '/dev/sdf',
  ]);
});

test('each address belongs to only one instance across regions and accounts', async () => {
  const world = createWorld();
  for (const client of [{}, { region: 'eu-west-1' }, { account: otherAccount }, {}]) {
    const ec2 = world.ec2(client);
    const here = { ...world, ec2: () => ec2 };
    await launch(here);
  }
  const addresses = world.aws.running().map(({ address }) => address);
  expect(addresses).toHaveLength(4);
  expect(new Set(addresses).size).toBe(4);
  for (const address of addresses) expect(address).toMatch(/^127\.77\.\d+\.\d+$/);
});

test('a client token launches once; with other parameters it is refused', async () => {
  const world = createWorld();
  const first = await run(world, { ClientToken: 'token' });
  const again = await run(world, { ClientToken: 'token' });
  expect(again.Instances?.[0]?.InstanceId).toBe(first.Instances?.[0]?.InstanceId);
  expect(world.aws.running()).toHaveLength(1);
  expect(await errorOf(run(world, { ClientToken: 'token', InstanceType: 't3.small' }))).toBe(
    'IdempotentParameterMismatch',
  );
});

test('a lost answer does not launch a second instance when the client retries', async () => {
  const world = createWorld();
  let lost = false;
  const handle = world.aws.handle;
  world.aws.handle = async (request) => {
    const answer = await handle(request);
    if (lost || !request.body.includes('Action=RunInstances')) return answer;
    lost = true;
    return 'drop';
  };
  await world.ec2({ maxAttempts: 3 }).send(
    new RunInstancesCommand({
      ImageId: await canonicalImage(world),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  expect(lost).toBe(true);
  expect(world.aws.running()).toHaveLength(1);
});

test('an instance is stopped, changed, started at another address, protected, terminated', async () => {
  let now = new Date('2026-10-01T00:00:00Z');
  const world = createWorld({ now: () => now });
  const ec2 = world.ec2();
  const id = await launch(world);
  const InstanceIds = [id];
  const ena = new ModifyInstanceAttributeCommand({ InstanceId: id, EnaSupport: { Value: false } });
  expect(await errorOf(ec2.send(ena))).toBe('IncorrectInstanceState');
  const first = (await look(world, id))?.PublicIpAddress;
  const stopped = await ec2.send(new StopInstancesCommand({ InstanceIds }));
  expect(stopped.StoppingInstances?.[0]).toMatchObject({
    PreviousState: { Name: 'running' },
    CurrentState: { Name: 'stopping' },
  });
  const still = await look(world, id);
  expect([still?.State?.Name, still?.PublicIpAddress, world.machines.size]).toEqual([
    'stopped',
    undefined,
    0,
  ]);
  await ec2.send(ena);
  const attribute = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'enaSupport' });
  expect((await ec2.send(attribute)).EnaSupport).toEqual({ Value: false });
  await ec2.send(new StartInstancesCommand({ InstanceIds }));
  const started = await look(world, id);
  expect(started?.State?.Name).toBe('running');
  expect(world.machines.get(id)?.address).toBe(started?.PublicIpAddress);
  expect(started?.PublicIpAddress).not.toBe(first);

  const protect = (Value: boolean) =>
    ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value } }));
  await protect(true);
  expect(await errorOf(ec2.send(new TerminateInstancesCommand({ InstanceIds })))).toBe(
    'OperationNotPermitted',
  );
  await protect(false);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  expect(world.machines.size).toBe(0);
  expect(await errorOf(ec2.send(new StartInstancesCommand({ InstanceIds })))).toBe('IncorrectInstanceState');
  expect((await look(world, id))?.State?.Name).toBe('terminated');
  now = new Date('2026-10-01T02:00:00Z');
  expect(await errorOf(look(world, id))).toBe('InvalidInstanceID.NotFound');
});

test('volumes that are not deleted with their instance remain and can be deleted', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { Instances } = await run(world, {
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { DeleteOnTermination: false } }],
  });
  const InstanceIds = [Instances?.[0]?.InstanceId ?? ''];
  const volumes = async () => (await ec2.send(new DescribeVolumesCommand({}))).Volumes ?? [];
  const VolumeId = (await volumes())[0]?.VolumeId;
  const remove = () => ec2.send(new DeleteVolumeCommand({ VolumeId }));
  expect(await errorOf(remove())).toBe('VolumeInUse');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  expect((await volumes()).map(({ State, Attachments }) => [State, Attachments])).toEqual([
    ['available', []],
  ]);
  await remove();
  expect(await volumes()).toEqual([]);
});

test('an instance without an SSH side ends with the reason', async () => {
  const world = createWorld({
    machines: {
      start: async () => {
        throw new Error('address in use');
      },
      stop: async () => {},
    },
  });
  const id = await launch(world);
  expect(await look(world, id)).toMatchObject({
    State: { Name: 'terminated' },
    StateReason: { Message: expect.stringContaining('address in use') },
  });
  expect(world.aws.running()).toEqual([]);
});

test('running instances are known from the state on disk after a restart', async () => {
  const first = createWorld();
  await launch(first);
  const running = first.aws.running();
  await first.aws.close();
  const second = createWorld({ folder: first.folder });
  expect(running).toHaveLength(1);
  expect(second.aws.running()).toEqual(running);
});

test.each([
  [undefined, /^-----BEGIN EC PRIVATE KEY/, 'ecdsa-sha2-nistp256'],
  ['rsa', /^-----BEGIN RSA PRIVATE KEY/, 'ssh-rsa'],
  ['ed25519', /^-----BEGIN OPENSSH PRIVATE KEY/, 'ssh-ed25519'],
] as const)(
  'a key pair of type %s matches the public key that the instance accepts',
  async (KeyType, form, type) => {
    const world = createWorld();
    const { KeyMaterial = '' } = await world.ec2().send(new CreateKeyPairCommand({ KeyName: 'k', KeyType }));
    expect(KeyMaterial).toMatch(form);
    await run(world, { KeyName: 'k' });
    const key = ssh2.utils.parseKey(KeyMaterial);
    if (key instanceof Error) throw key;
    expect(key.type).toBe(type);
    expect(world.aws.running()[0]?.publicKeys).toEqual([`${type} ${key.getPublicSSH().toString('base64')}`]);
    const again = new CreateKeyPairCommand({ KeyName: 'k' });
    expect(await errorOf(world.ec2().send(again))).toBe('InvalidKeyPair.Duplicate');
  },
);

test('two existing key pairs never share an RSA key', async () => {
  const world = createWorld();
  const make = async (KeyName: string) =>
    (await world.ec2().send(new CreateKeyPairCommand({ KeyName, KeyType: 'rsa' }))).KeyMaterial;
  expect(await make('one')).not.toBe(await make('two'));
});

test('a public key is imported; anything else is refused', async () => {
  const world = createWorld();
  const publicKey = `ssh-ed25519 ${newEd25519Key().blob.toString('base64')}`;
  const load = (text: string) =>
    world
      .ec2()
      .send(new ImportKeyPairCommand({ KeyName: 'mine', PublicKeyMaterial: Buffer.from(text, 'utf8') }));
  expect(await errorOf(load('nonsense'))).toBe('InvalidKey.Format');
  const { KeyFingerprint } = await load(`${publicKey} me@here`);
  const { KeyPairs } = await world.ec2().send(new DescribeKeyPairsCommand({ KeyNames: ['mine'] }));
  expect(KeyPairs?.[0]).toMatchObject({ KeyType: 'ed25519', KeyFingerprint });
  await run(world, { KeyName: 'mine' });
  expect(world.aws.running()[0]?.publicKeys).toEqual([publicKey]);
});
