import {
  DeregisterImageCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  DisableImageDeregistrationProtectionCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { describe, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, unblocked } from '../testing/world.ts';

const day = 24 * 3600;

test.each([
  [false, 'enabled-without-cooldown'],
  [true, 'enabled-with-cooldown'],
])(
  'a protected image cannot be deregistered until its protection is off; with cooldown (%s) for another day',
  async (WithCooldown, word) => {
    const world = createWorld();
    const ec2 = world.ec2();
    const { id: ImageId } = await makeImage(world, 'protected');
    const deregister = () => errorOf(ec2.send(new DeregisterImageCommand({ ImageId })));
    await ec2.send(new EnableImageDeregistrationProtectionCommand({ ImageId, WithCooldown }));
    expect((await describe(world, ImageId)).DeregistrationProtection).toBe(word);
    expect(await deregister()).toBe('OperationNotPermitted');
    await ec2.send(new DisableImageDeregistrationProtectionCommand({ ImageId }));
    const off = (await describe(world, ImageId)).DeregistrationProtection ?? '';
    expect(off).toMatch(WithCooldown ? /^disabled after \d{4}-\d\d-\d\dT[\d:.]+Z$/ : /^disabled$/);
    if (WithCooldown) {
      expect(await deregister()).toBe('OperationNotPermitted');
      world.aws.settings.advance(day - 60);
      expect(await deregister()).toBe('OperationNotPermitted');
      world.aws.settings.advance(60);
      expect((await describe(world, ImageId)).DeregistrationProtection).toBe('disabled');
    }
    expect(await deregister()).toBe('no error');
  },
);

test('only its owner can set the protection of an image', async () => {
  const world = createWorld({ behaviour: unblocked });
  const { id: ImageId } = await makeImage(world, 'public');
  const open = { ImageId, OperationType: 'add' as const, UserGroups: ['all'] };
  await world.ec2().send(new ModifyImageAttributeCommand(open));
  const protect = new EnableImageDeregistrationProtectionCommand({ ImageId });
  expect(await errorOf(world.ec2({ account: otherAccount }).send(protect))).toBe('AuthFailure');
});

test('only an available image can be disabled, and then enabled again', async () => {
  const world = createWorld({ behaviour: { speed: { image: 60 } } });
  const { id: ImageId } = await makeImage(world, 'pending');
  const disable = () => errorOf(world.ec2().send(new DisableImageCommand({ ImageId })));
  expect(await disable()).toBe('InvalidAMIID.Unavailable');
  world.aws.settings.advance(60);
  expect(await disable()).toBe('no error');
  await world.ec2().send(new EnableImageCommand({ ImageId }));
  expect((await describe(world, ImageId)).State).toBe('available');
});

test('an image is deprecated at a future time, unless that is undone', async () => {
  const world = createWorld();
  const { id: ImageId } = await makeImage(world, 'old');
  const start = Date.now();
  const deprecate = (days: number) =>
    errorOf(
      world
        .ec2()
        .send(
          new EnableImageDeprecationCommand({ ImageId, DeprecateAt: new Date(start + days * day * 1000) }),
        ),
    );
  expect(await deprecate(-1)).toBe('InvalidParameterValue');
  expect(await deprecate(11 * 365)).toBe('InvalidParameterValue');
  expect(await deprecate(9 * 365)).toBe('no error');
  expect((await describe(world, ImageId)).DeprecationTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00.000Z$/);
  await world.ec2().send(new DisableImageDeprecationCommand({ ImageId }));
  expect((await describe(world, ImageId)).DeprecationTime).toBeUndefined();
});

test('a public image is deprecated two years after its creation, even if its owner sets a later date', async () => {
  const world = createWorld({ behaviour: unblocked });
  const { id: ImageId } = await makeImage(world, 'public');
  const ec2 = world.ec2();
  await ec2.send(
    new EnableImageDeprecationCommand({ ImageId, DeprecateAt: new Date(Date.now() + 3 * 365 * day * 1000) }),
  );
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, OperationType: 'add', UserGroups: ['all'] }));
  const { CreationDate = '', DeprecationTime = '' } = await describe(world, ImageId);
  expect(Number(DeprecationTime.slice(0, 4))).toBe(Number(CreationDate.slice(0, 4)) + 2);
  await ec2.send(new DisableImageDeprecationCommand({ ImageId }));
  expect((await describe(world, ImageId)).DeprecationTime).toBe(DeprecationTime);
  const look = async (more: object) =>
    (await world.ec2({ account: otherAccount }).send(new DescribeImagesCommand(more))).Images?.length;
  const byOwner = { Owners: ['123456789012'] };
  expect(await look(byOwner)).toBe(1);
  world.aws.settings.advance(2 * 366 * day);
  expect(await look(byOwner)).toBe(0);
  expect(await look({ ...byOwner, IncludeDeprecated: true })).toBe(1);
  expect(await look({ ImageIds: [ImageId] })).toBe(1);
});
