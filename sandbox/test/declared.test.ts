import {
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  type Image,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { AccountRule } from '../model/account-settings.ts';
import { otherAccount } from '../model/accounts.ts';
import { parseBehaviour } from '../server/settings-file.ts';
import { createWorld, errorOf, temporaryFolder, type World } from '../testing/world.ts';

const region = 'us-east-1';
const account = '123456789012';
const stranger = '444455556666';
const golden = 'ami-0123456789abcdef0';

const withRules = (...accounts: AccountRule[]): World =>
  createWorld({ behaviour: parseBehaviour({ accounts }) });

const imagesOf = async (world: World, ids: string[], as?: typeof otherAccount): Promise<Image[]> => {
  const ec2 = world.ec2(as ? { account: as } : {});
  return (await ec2.send(new DescribeImagesCommand({ ImageIds: ids }))).Images ?? [];
};

describe('a declared image', () => {
  const strange: AccountRule = {
    account,
    region,
    images: [
      {
        id: golden,
        owner: stranger,
        name: 'golden 1.0',
        architecture: 'arm64',
        rootDeviceName: '/dev/xvda',
        bootMode: 'uefi',
        imdsSupport: 'v2.0',
        devices: [
          { device: '/dev/xvda', size: 20, encrypted: true, kmsKey: 'alias/golden' },
          { device: '/dev/xvdb', virtualName: 'ephemeral0' },
        ],
      },
    ],
  };

  it('of another account is shared with the one that declares it, and only that account can launch it', async () => {
    const world = withRules(strange);
    expect(await imagesOf(world, [golden])).toMatchObject([
      {
        ImageId: golden,
        OwnerId: stranger,
        ImageLocation: `${stranger}/golden 1.0`,
        Public: false,
        Architecture: 'arm64',
        BootMode: 'uefi',
        ImdsSupport: 'v2.0',
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, VolumeType: 'gp3', Encrypted: true } },
          { DeviceName: '/dev/xvdb', VirtualName: 'ephemeral0' },
        ],
      },
    ]);
    expect(await errorOf(imagesOf(world, [golden], otherAccount))).toBe('InvalidAMIID.NotFound');
    const launch = new RunInstancesCommand({
      ImageId: golden,
      InstanceType: 't4g.micro',
      MinCount: 1,
      MaxCount: 1,
    });
    expect((await world.ec2().send(launch)).Instances).toHaveLength(1);
    expect(await errorOf(world.ec2().send(new DeregisterImageCommand({ ImageId: golden })))).toBe(
      'AuthFailure',
    );
  });

  it('of the own account has a snapshot and tags, and can be deregistered', async () => {
    const world = withRules({ region, images: [{ name: 'own 1', tags: { team: 'web' } }] });
    const mine = new DescribeImagesCommand({ Owners: ['self'] });
    const [own] = (await world.ec2().send(mine)).Images ?? [];
    expect(own).toMatchObject({ Name: 'own 1', OwnerId: account, Tags: [{ Key: 'team', Value: 'web' }] });
    const [theirs] = (await world.ec2({ account: otherAccount }).send(mine)).Images ?? [];
    expect(theirs).toMatchObject({ Name: 'own 1', OwnerId: otherAccount.id });
    expect(theirs?.ImageId).not.toBe(own?.ImageId);
    const snapshots = await world.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    expect(snapshots.Snapshots?.map(({ SnapshotId }) => SnapshotId)).toEqual([
      own?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId,
    ]);
    await world.ec2().send(new DeregisterImageCommand({ ImageId: own?.ImageId }));
    expect((await world.ec2().send(mine)).Images).toEqual([]);
  });

  it('keeps its changes over a restart, and is restored by a reset and by another declaration', async () => {
    const folder = temporaryFolder();
    const behaviour = parseBehaviour({ accounts: [{ account, region, images: [{ name: 'own 1' }] }] });
    const first = createWorld({ folder, behaviour });
    const mine = new DescribeImagesCommand({ Owners: ['self'] });
    const [own] = (await first.ec2().send(mine)).Images ?? [];
    const tag = { Resources: [own?.ImageId ?? ''], Tags: [{ Key: 'seen', Value: 'yes' }] };
    await first.ec2().send(new CreateTagsCommand(tag));
    await first.aws.close();
    const again = createWorld({ folder });
    expect((await again.ec2().send(mine)).Images).toMatchObject([
      { ImageId: own?.ImageId, Tags: [{ Key: 'seen', Value: 'yes' }] },
    ]);
    await again.ec2().send(new DeregisterImageCommand({ ImageId: own?.ImageId }));
    again.aws.settings.change(behaviour);
    expect((await again.ec2().send(mine)).Images).toHaveLength(1);
    await again.aws.close();
    const started = createWorld({ folder, behaviour });
    await started.ec2().send(new DeregisterImageCommand({ ImageId: own?.ImageId }));
    await started.aws.reset();
    expect((await started.ec2().send(mine)).Images).toMatchObject([{ ImageId: own?.ImageId }]);
  });

  it('is gone with its snapshot once a later rule does not name it', async () => {
    const world = withRules(strange);
    world.aws.settings.change({ accounts: [{ account, region, images: [{ name: 'other' }] }] });
    expect(await errorOf(imagesOf(world, [golden]))).toBe('InvalidAMIID.NotFound');
    const { accounts } = world.aws.settings.show();
    expect(accounts).toMatchObject([{ account, region, images: [{ name: 'other' }] }]);
  });
});

describe('a declared parameter', () => {
  const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
  const declared: AccountRule = {
    region,
    parameters: [
      { name: '/web/base', value: golden, description: 'ours' },
      { name: '/web/list', value: 'a,b', type: 'StringList' },
      { name: '/web/secret', value: 'ami-0123456789abcdef0', type: 'SecureString' },
      { name: al2023, value: golden },
      { name: '/aws/service/our/own', value: 'text' },
    ],
  };
  const parameterOf = async (world: World, Name: string) =>
    (await world.ssm().send(new GetParameterCommand({ Name }))).Parameter;

  it('exists, also under reserved names, where it takes precedence over the published one', async () => {
    const world = withRules(declared);
    expect(await parameterOf(world, '/web/base')).toMatchObject({ Value: golden, DataType: 'aws:ec2:image' });
    expect(await parameterOf(world, '/web/list')).toMatchObject({ Type: 'StringList', Value: 'a,b' });
    expect(await parameterOf(world, al2023)).toMatchObject({
      Value: golden,
      ARN: expect.stringContaining('::'),
    });
    expect(await parameterOf(world, '/aws/service/our/own')).toMatchObject({
      Value: 'text',
      DataType: 'text',
    });
  });

  it('is decrypted on request if it is a secure string', async () => {
    const world = withRules(declared);
    const asked = (WithDecryption: boolean) =>
      world.ssm().send(new GetParameterCommand({ Name: '/web/secret', WithDecryption }));
    expect((await asked(true)).Parameter).toMatchObject({
      Type: 'SecureString',
      DataType: 'text',
      Value: 'ami-0123456789abcdef0',
    });
    expect((await asked(false)).Parameter?.Value).not.toContain('ami-');
    const own = await world.ssm().send(new DescribeParametersCommand({}));
    expect(own.Parameters?.find(({ Name }) => Name === '/web/secret')).toMatchObject({
      KeyId: 'alias/aws/ssm',
    });
    const wrong = {
      name: '/a',
      value: 'ami-0123456789abcdef0',
      type: 'SecureString',
      dataType: 'aws:ec2:image',
    };
    expect(() => parseBehaviour({ accounts: [{ region, parameters: [wrong] }] })).toThrow(
      'accounts[0].parameters[0].dataType: expected "text" for a SecureString',
    );
  });

  it('belongs to nobody under a reserved name; an own one can be changed and deleted', async () => {
    const world = withRules(declared);
    const own = await world.ssm().send(new DescribeParametersCommand({}));
    expect(own.Parameters?.map(({ Name }) => Name).sort()).toEqual(['/web/base', '/web/list', '/web/secret']);
    const put = (Name: string) =>
      world.ssm().send(new PutParameterCommand({ Name, Value: 'new', Overwrite: true }));
    expect((await put('/web/list')).Version).toBe(2);
    expect(await errorOf(put('/aws/service/our/own'))).not.toBe('no error');
    await world.ssm().send(new DeleteParameterCommand({ Name: '/web/list' }));
    expect(await errorOf(parameterOf(world, '/web/list'))).toBe('ParameterNotFound');
    world.aws.settings.change({ accounts: [{ region, parameters: [] }] });
    expect(await errorOf(parameterOf(world, '/web/base'))).toBe('ParameterNotFound');
    expect((await parameterOf(world, al2023))?.Value).not.toBe(golden);
  });
});

describe('a declared key', () => {
  const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const launchWith = async (world: World, KmsKeyId: string) => {
    const { Images = [] } = await world
      .ec2()
      .send(new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: ['debian-12-amd64-*'] }] }));
    const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId } }];
    const ask = { ImageId: Images[0]?.ImageId, InstanceType: 't3.micro' as const, BlockDeviceMappings };
    const started = await world.ec2().send(new RunInstancesCommand({ ...ask, MinCount: 1, MaxCount: 1 }));
    return started.Instances?.[0]?.StateReason?.Code;
  };

  it('encrypts by id and by alias; a disabled one does not', async () => {
    const world = withRules({ region, kmsKeys: [{ id, alias: 'alias/ours' }, 'alias/plain'] });
    expect(await launchWith(world, id)).toBe('pending');
    expect(await launchWith(world, 'alias/ours')).toBe('pending');
    expect(await launchWith(world, 'alias/plain')).toBe('pending');
    expect(await launchWith(world, 'alias/none')).toMatch(/^Client\./);
    world.aws.settings.change({ accounts: [{ region, kmsKeys: [{ id, enabled: false }] }] });
    expect(await launchWith(world, id)).toMatch(/^Client\./);
  });
});

describe('settings that contradict themselves', () => {
  const devices = [{ device: '/dev/sda1' }];
  it.each<[string, AccountRule, RegExp]>([
    [
      'an id in all regions',
      { account, images: [{ id: golden, name: 'a 1' }] },
      /images\[0\]\.id: expected a rule with "region"/,
    ],
    [
      'an id in both accounts',
      { region, images: [{ id: golden, name: 'a 1' }] },
      /images\[0\]\.id: expected an "owner"/,
    ],
    [
      'an id twice',
      {
        account,
        region,
        images: [
          { id: golden, name: 'a 1' },
          { id: golden, name: 'b 1' },
        ],
      },
      /images\[1\]\.id: expected each id once/,
    ],
    [
      'a name twice',
      { images: [{ name: 'a 1' }, { name: 'a 1' }] },
      /images\[1\]\.name: expected each name once/,
    ],
    [
      'no root',
      { images: [{ name: 'a 1', rootDeviceName: '/dev/xvda', devices }] },
      /images\[0\]\.devices: expected a volume for the root device \/dev\/xvda, found none with that name\./,
    ],
    [
      'a virtual drive with a size',
      {
        images: [
          { name: 'a 1', devices: [...devices, { device: '/dev/sdb', virtualName: 'ephemeral0', size: 8 }] },
        ],
      },
      /images\[0\]\.devices\[1\]: expected a volume or a virtual drive/,
    ],
    [
      'a key without a name',
      { kmsKeys: [{ enabled: true }] },
      /kmsKeys\[0\]: expected an "id", an "alias" or both, found neither/,
    ],
    [
      'a parameter twice',
      {
        parameters: [
          { name: '/a', value: '1' },
          { name: '/a', value: '2' },
        ],
      },
      /parameters\[1\]\.name: expected each name once/,
    ],
  ])('with %s are refused', (_, rule, why) => {
    expect(() => parseBehaviour({ accounts: [rule] })).toThrow(why);
    expect(() => createWorld({ behaviour: { accounts: [rule] } })).toThrow(why);
  });

  it('are refused in their shape, each at its place', () => {
    const images = [{ name: 'a' }, { name: 'a 1', id: 'ami-1', devices: [{ device: '/dev/sda1', size: 0 }] }];
    const settings = {
      accounts: [{ images, kmsKeys: [{ alias: 'ours' }, 7], parameters: [{ name: '/a b' }] }],
    };
    const said = (() => {
      try {
        return parseBehaviour(settings);
      } catch (error) {
        return (error as Error).message.split('\n').map((line) => line.split(': expected ')[0]);
      }
    })();
    expect(said).toEqual([
      'settings: accounts[0].kmsKeys[0].alias',
      'settings: accounts[0].kmsKeys[1]',
      'settings: accounts[0].images[0].name',
      'settings: accounts[0].images[1].id',
      'settings: accounts[0].images[1].devices[0].size',
      'settings: accounts[0].parameters[0].value',
      'settings: accounts[0].parameters[0].name',
    ]);
  });
});
