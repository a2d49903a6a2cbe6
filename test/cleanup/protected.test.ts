import {
  DescribeImagesCommand,
  DisableImageDeregistrationProtectionCommand,
  EnableImageDeregistrationProtectionCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { launchPermission } from '../../src/aws/images.ts';
import { cleanUp } from '../support/cleaning-up.ts';
import { clientsOf, region } from '../support/embedded.ts';
import { friend, imageOf, release, tagged } from '../support/removal-world.ts';

const everyAmi = { olderThan: 0 };
const day = 24 * 3600;

async function made(sandbox: Sandbox, image: string, WithCooldown: boolean): Promise<string> {
  const ImageId = await imageOf(sandbox, `web 1.0.0 ${image}`);
  await tagged(sandbox, [ImageId], { 'gopackgo:release': release, 'gopackgo:target': `${region}-${image}` });
  await sandbox.ec2().send(new EnableImageDeregistrationProtectionCommand({ ImageId, WithCooldown }));
  return ImageId;
}

async function protections(sandbox: Sandbox): Promise<Map<string | undefined, string | undefined>> {
  const { Images = [] } = await sandbox.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
  return new Map(Images.map((one) => [one.ImageId, one.DeregistrationProtection]));
}

it('protection is turned off right before an AMI is deleted, or, with a cooldown, a day before, with no other change', async () => {
  const sandbox = createWorld();
  const [plain, slow, cooling] = [
    await made(sandbox, 'plain', false),
    await made(sandbox, 'slow', true),
    await made(sandbox, 'cooling', true),
  ];
  await sandbox.ec2().send(new DisableImageDeregistrationProtectionCommand({ ImageId: cooling }));
  const Add = [{ UserId: friend }];
  for (const ImageId of [plain, slow])
    await sandbox.ec2().send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
  const asked = { ...everyAmi, includingShared: true };
  const shown: Record<string, string> = {};
  const first = await cleanUp(sandbox, {
    asked,
    of: { mayUnprotect: true },
    show: ({ amis }) => {
      for (const { ami, verdict, reasons, protection = '' } of amis)
        shown[ami] = [verdict, protection, ...reasons.map(({ said }) => said)].join(' ');
    },
  });
  const until =
    /its deregistration protection was turned off; it can be deleted after \d{4}-\d\d-\d\d \d\d:\d\d UTC$/;
  expect(shown).toEqual({
    [plain]: 'delete enabled-without-cooldown',
    [slow]: 'unprotect enabled-with-cooldown',
    [cooling]: expect.stringMatching(until),
  });
  expect(first.exit).toBe(0);
  expect(new Map(first.amis.map(({ ami, outcome, why }) => [ami, [outcome, why]]))).toEqual(
    new Map([
      [plain, ['removed', undefined]],
      [slow, ['unprotected', expect.stringMatching(until)]],
    ]),
  );
  expect([...(await protections(sandbox)).keys()].sort()).toEqual([slow, cooling].sort());
  const permission = await launchPermission(clientsOf(sandbox), region, slow);
  expect(permission.ok && permission.value.accounts).toEqual([friend]);

  const early = await cleanUp(sandbox, { asked, of: { mayUnprotect: true } });
  expect([early.exit, early.amis]).toEqual([0, []]);
  sandbox.aws.settings.advance(day);
  const late = await cleanUp(sandbox, { asked, of: { mayUnprotect: true } });
  expect([late.exit, late.removed.amis]).toEqual([0, 2]);
});

it('protection that the config does not mention keeps an AMI', async () => {
  const sandbox = createWorld();
  await made(sandbox, 'plain', false);
  const before = await protections(sandbox);
  const kept: string[] = [];
  await cleanUp(sandbox, {
    asked: everyAmi,
    show: ({ amis }) => kept.push(...amis.flatMap(({ reasons }) => reasons.map(({ reason }) => reason))),
  });
  expect(kept).toEqual(['deregistration protection']);
  expect(await protections(sandbox)).toEqual(before);
});

it('an AMI that got a cooldown while cleanup asked loses only its protection', async () => {
  const sandbox = createWorld();
  const ami = await made(sandbox, 'plain', false);
  const protect = new EnableImageDeregistrationProtectionCommand({ ImageId: ami, WithCooldown: true });
  const { exit, amis } = await cleanUp(sandbox, {
    asked: everyAmi,
    of: { mayUnprotect: true },
    meanwhile: () => sandbox.ec2().send(protect),
  });
  expect([exit, amis]).toEqual([1, [expect.objectContaining({ ami, outcome: 'remains' })]]);
  expect(await protections(sandbox)).toEqual(new Map([[ami, 'enabled-with-cooldown']]));
});
