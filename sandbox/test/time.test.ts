import {
  CreateImageCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { canonicalImage, launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const stateOf = async (world: World, id: string) => {
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.State?.Name;
};

describe('a state that takes time', () => {
  const slow = { speed: { instanceStart: 10, instanceStop: 20, instanceEnd: 30, image: 40 } };

  test('is each state of an instance', async () => {
    const world = createWorld({ behaviour: slow });
    const ec2 = world.ec2();
    const group = { GroupName: 'its', Description: 'its' };
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(group));
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: await canonicalImage(world),
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SecurityGroupIds: [GroupId],
      }),
    );
    const id = Instances?.[0]?.InstanceId ?? '';
    const ids = { InstanceIds: [id] };
    const image = () => ec2.send(new CreateImageCommand({ InstanceId: id, Name: 'early' }));
    expect(await stateOf(world, id)).toBe('pending');
    expect(await errorOf(image())).toBe('IncorrectInstanceState');
    expect(await errorOf(ec2.send(new StopInstancesCommand(ids)))).toBe('IncorrectInstanceState');
    world.aws.settings.advance(10);
    expect(await stateOf(world, id)).toBe('running');

    await ec2.send(new StopInstancesCommand(ids));
    const modify = new ModifyInstanceAttributeCommand({ InstanceId: id, EnaSupport: { Value: true } });
    expect(await stateOf(world, id)).toBe('stopping');
    expect(await errorOf(ec2.send(modify))).toBe('IncorrectInstanceState');
    expect(await errorOf(ec2.send(new StartInstancesCommand(ids)))).toBe('IncorrectInstanceState');
    world.aws.settings.advance(20);
    expect(await stateOf(world, id)).toBe('stopped');
    expect(await errorOf(ec2.send(modify))).toBe('no error');

    await ec2.send(new TerminateInstancesCommand(ids));
    const remove = () => errorOf(ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
    expect(await stateOf(world, id)).toBe('shutting-down');
    expect(await remove()).toBe('DependencyViolation');
    world.aws.settings.advance(30);
    expect(await stateOf(world, id)).toBe('terminated');
    expect(await remove()).toBe('no error');
  });

  test('is that of an image with its snapshots, even one that fails', async () => {
    const world = createWorld({ behaviour: { speed: { image: 40 } } });
    world.faults.add([{ on: 'ec2:CreateImage', skip: 1, does: { becomes: 'failed', reason: 'bad luck' } }]);
    const instance = await launch(world);
    const good = await makeImage(world, 'good', instance);
    const bad = await makeImage(world, 'bad', instance);
    const look = async () => {
      const { Images = [] } = await world.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
      const said = Images.map(({ ImageId, State, StateReason }) => [ImageId, State, StateReason?.Message]);
      const { Snapshots } = await world
        .ec2()
        .send(new DescribeSnapshotsCommand({ SnapshotIds: [good.snapshot] }));
      return [said.sort(), Snapshots?.[0]?.State];
    };
    const both = (...of: [string, string | undefined][]) =>
      [good.id, bad.id].map((id, index) => [id, ...(of[index] ?? [])]).sort();
    expect(await look()).toEqual([both(['pending', undefined], ['pending', undefined]), 'pending']);
    world.aws.settings.advance(40);
    expect(await look()).toEqual([both(['available', undefined], ['failed', 'bad luck']), 'completed']);
  });

  test('continues over a restart, by a clock that only goes forward', async () => {
    const first = createWorld({ behaviour: { speed: { image: 3600 } } });
    await makeImage(first, 'slow');
    expect(() => first.aws.settings.advance(-1)).toThrow('forward');
    const then = first.aws.settings.advance(1800);
    await first.aws.close();
    const second = createWorld({ folder: first.folder });
    const state = async () =>
      (await second.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }))).Images?.[0]?.State;
    expect(await state()).toBe('pending');
    expect(second.aws.settings.advance(1800).getTime()).toBeGreaterThanOrEqual(then.getTime() + 1_800_000);
    expect(await state()).toBe('available');
  });
});

describe('a new resource', () => {
  const looks = async (world: World, count: number) => {
    const seen: (number | undefined)[] = [];
    for (let look = 0; look < count; look += 1) {
      seen.push((await world.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }))).Images?.length);
    }
    return seen;
  };
  const create = async (world: World) =>
    (await world.ec2().send(new CreateImageCommand({ InstanceId: await launch(world), Name: 'new' })))
      .ImageId ?? '';

  test.each([
    [{ hiddenReads: 3 }, [0, 0, 0, 1, 1]],
    [{ flaps: 2 }, [1, 0, 1, 0, 1, 1]],
    [{ hiddenReads: 1, flaps: 1 }, [0, 1, 0, 1, 1]],
    [{ flaps: 2, missesPerFlap: 2 }, [1, 0, 0, 1, 0, 0, 1, 1]],
    [{ hiddenReads: 3, kinds: ['snapshot' as const] }, [1, 1]],
  ])('is missed at first under %j', async (consistency, expected) => {
    const world = createWorld();
    await launch(world);
    world.aws.settings.change({ consistency: { kinds: ['image'], ...consistency } });
    await create(world);
    expect(await looks(world, expected.length)).toEqual(expected);
  });

  test('is not found by its id either, although its name is taken', async () => {
    const world = createWorld({ behaviour: { consistency: { hiddenReads: 2, kinds: ['image'] } } });
    const id = await create(world);
    const again = () =>
      errorOf(
        launch(world).then((InstanceId) =>
          world.ec2().send(new CreateImageCommand({ InstanceId, Name: 'new' })),
        ),
      );
    const tag = () =>
      errorOf(world.ec2().send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })));
    expect(await again()).toBe('InvalidAMIName.Duplicate');
    expect(await errorOf(world.ec2().send(new DescribeImagesCommand({ ImageIds: [id] })))).toBe(
      'InvalidAMIID.NotFound',
    );
    expect(await tag()).toBe('InvalidAMIID.NotFound');
    expect(await tag()).toBe('no error');
  });

  test('a lookup of something else does not use up a missed one', async () => {
    const world = createWorld({ behaviour: { consistency: { hiddenReads: 1, kinds: ['image'] } } });
    await create(world);
    const other = { Filters: [{ Name: 'name', Values: ['other'] }] };
    await world.ec2().send(new DescribeImagesCommand(other));
    expect(await looks(world, 2)).toEqual([0, 1]);
  });
});

test('a reset brings back the settings of the start', async () => {
  const world = createWorld({ behaviour: { speed: 'real' } });
  const before = world.aws.settings.show();
  world.aws.settings.change({ speed: 'quick', requestRates: 'off', accounts: [{ defaultVpc: false }] });
  world.aws.settings.advance(60);
  expect(world.aws.settings.show().accounts.length).toBeGreaterThan(0);
  await world.aws.reset();
  const { now, ...after } = world.aws.settings.show();
  expect(after).toEqual({ ...before, now: undefined });
  expect(() => world.aws.settings.change({ accounts: [{ account: '000000000000' }] })).toThrow(
    'unknown account 000000000000',
  );
});
