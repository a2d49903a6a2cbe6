import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  type EC2Client,
  EnableImageDeregistrationProtectionCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { planPromotion } from '../../src/lifecycle/promotion.ts';
import { planRestoration } from '../../src/lifecycle/restoration.ts';
import { planReturn } from '../../src/lifecycle/withdrawal.ts';
import { findReleaseAmis } from '../../src/observe/release-amis.ts';
import { cleanUp } from '../support/cleaning-up.ts';
import { plan } from '../support/embedded.ts';
import { callsBeforeChanges, copyOf, failing } from '../support/failing.ts';
import { published } from '../support/publishing.ts';
import {
  about,
  changeLife,
  friend,
  latest,
  lifeOf,
  planAt,
  publishAt,
  regions,
  targetsOf,
  webAt,
} from '../support/releases.ts';

const day = 24 * 3_600_000;
const release = 'web@1.0.0';

interface More {
  clients?: Clients;
  meanwhile?: () => Promise<unknown>;
  mayUnprotect?: boolean;
  includingShared?: boolean;
}

/** A cleanup of all but the newest release, so many days later, with thirty days of retirement. */
const cleanAfter = (
  sandbox: Sandbox,
  days: number,
  { clients, meanwhile, mayUnprotect, includingShared = true }: More = {},
) =>
  cleanUp(sandbox, {
    asked: { olderThan: 0, keepLast: 1, includingShared, retireFor: 30 * day },
    of: { now: Date.now() + (days + 1) * day, ...(mayUnprotect ? { mayUnprotect } : {}) },
    more: { regions: [...regions], everyRegion: [...regions] },
    ...(clients ? { clients } : {}),
    ...(meanwhile ? { meanwhile } : {}),
  });

const lookAt = (sandbox: Sandbox, look: Parameters<typeof changeLife>[1], clients?: Clients) =>
  changeLife(sandbox, look, clients);

const restore = (sandbox: Sandbox, clients?: Clients) =>
  lookAt(
    sandbox,
    async (context) => {
      const publication = webAt('1.0.0');
      const of = { publication, release, targets: targetsOf(publication), sharing: publication.share };
      const { steps } = await planRestoration(of, await findReleaseAmis('web', regions, context), context);
      return { about: about(release, 'cleanup --restore'), steps, optional: new Set() };
    },
    clients,
  );

const inEach = (lines: (region: string) => string[]) => regions.flatMap(lines).sort();
const newer = (region: string) => [
  `${region} web@2.0.0 available current shared 1 copied 1`,
  `${region} /web/2.0.0/2204-hvm web@2.0.0`,
  `${region} ${latest} web@2.0.0`,
];
const before = inEach((region) => [
  ...newer(region),
  `${region} web@1.0.0 available shared 1 copied 1`,
  `${region} /web/1.0.0/2204-hvm web@1.0.0`,
]);
const retired = inEach((region) => [
  ...newer(region),
  `${region} web@1.0.0 disabled retired shared 0 copied 0`,
  `${region} /web/1.0.0/2204-hvm web@1.0.0`,
]);

async function twoReleases(): Promise<{ folder: string; sandbox: Sandbox }> {
  const folder = temporaryFolder();
  const sandbox = createWorld({ folder });
  await publishAt(sandbox, '1.0.0');
  await publishAt(sandbox, '2.0.0');
  expect(await lifeOf(sandbox)).toEqual(before);
  return { folder, sandbox };
}

it('a first run retires, a second one waits, and one after the time deletes; after a kill at any change the next run resumes', async () => {
  const { folder, sandbox: first } = await twoReleases();
  await first.aws.close();
  const whole = copyOf(folder);
  const kills = await callsBeforeChanges(whole, async (clients) => {
    const done = await cleanAfter(whole, 0, { clients });
    expect([done.exit, done.removed.amis, done.amis.map(({ outcome }) => outcome)]).toEqual([
      0,
      0,
      ['retired', 'retired'],
    ]);
    expect(done.amis[0]?.why).toContain('gopackgo cleanup web@1.0.0 --sandbox --restore');
  });
  expect(await lifeOf(whole)).toEqual(retired);
  expect(kills.length).toBeGreaterThan(6);
  for (const after of kills) {
    const sandbox = copyOf(folder);
    await cleanAfter(sandbox, 0, { clients: failing(sandbox, after, Number.POSITIVE_INFINITY).clients });
    const said = `killed after call ${after}`;
    expect((await cleanAfter(sandbox, 0)).exit, said).toBe(0);
    expect(await lifeOf(sandbox), said).toEqual(retired);
  }

  const early = await cleanAfter(whole, 28);
  expect([early.exit, early.amis]).toEqual([0, []]);
  expect(await lifeOf(whole)).toEqual(retired);
  const late = await cleanAfter(whole, 30);
  expect([late.exit, late.removed.amis, late.removed.snapshots]).toEqual([0, 2, 2]);
  expect(await lifeOf(whole)).toEqual(inEach(newer));
});

it('an AMI that a killed run only tagged is never deleted for that: its time starts when it is disabled', async () => {
  const { folder, sandbox: first } = await twoReleases();
  await first.aws.close();
  const counted = copyOf(folder);
  const [, second = 0] = await callsBeforeChanges(counted, (clients) => cleanAfter(counted, 0, { clients }));
  const sandbox = copyOf(folder);
  await cleanAfter(sandbox, 0, { clients: failing(sandbox, second, Number.POSITIVE_INFINITY).clients });
  expect((await lifeOf(sandbox)).filter((line) => line.includes('available retired'))).toHaveLength(1);
  const late = await cleanAfter(sandbox, 40);
  expect([late.exit, late.removed.amis]).toEqual([0, 0]);
  expect(await lifeOf(sandbox)).toEqual(retired);
});

it('publish and promote leave a retired release alone, and say how to restore it', async () => {
  const { sandbox } = await twoReleases();
  await cleanAfter(sandbox, 0);
  const run = await published(sandbox, planAt('1.0.0'));
  expect([run.exit, run.refusal]).toEqual([4, expect.stringContaining('web@1.0.0 was retired')]);
  expect(run.refusal).toContain('gopackgo cleanup web@1.0.0 --sandbox --restore');
  const publication = webAt('1.0.0');
  const of = { publication, release, targets: targetsOf(publication), sharing: publication.share };
  const promoted = await lookAt(sandbox, async (context) => {
    const found = await findReleaseAmis('web', regions, context);
    const more = { account: plan.account, recordTo: [], takeOver: false };
    const { steps } = await planPromotion({ ...of, ...more }, found, context);
    return { about: about(release, 'promote'), steps, optional: new Set() };
  });
  expect(promoted.refusal).toContain('cleanup retired it on');
  expect(promoted.refusal).toContain('--restore');
  expect(await lifeOf(sandbox)).toEqual(retired);
});

it('restoring enables and shares it again, wherever that is killed, and it is an ordinary release again', async () => {
  const { folder, sandbox: first } = await twoReleases();
  await cleanAfter(first, 0);
  await first.aws.close();
  const whole = copyOf(folder);
  const kills = await callsBeforeChanges(whole, async (clients) => {
    expect((await restore(whole, clients)).result).toMatchObject({ exit: 0 });
  });
  expect(await lifeOf(whole)).toEqual(before);
  expect((await restore(whole)).result?.changes).toEqual([]);
  expect(kills.length).toBeGreaterThan(6);
  for (const after of kills) {
    const sandbox = copyOf(folder);
    await restore(sandbox, failing(sandbox, after, Number.POSITIVE_INFINITY).clients);
    const said = `killed after call ${after}`;
    expect((await restore(sandbox)).result, said).toMatchObject({ exit: 0 });
    expect(await lifeOf(sandbox), said).toEqual(before);
  }
  expect((await published(whole, planAt('1.0.0'))).exit).toBe(0);
});

/** Does something to each AMI of 1.0.0. */
async function toEach(sandbox: Sandbox, change: (ImageId: string, ec2: EC2Client) => Promise<unknown>) {
  for (const region of regions) {
    const ec2 = sandbox.ec2({ region });
    const Filters = [{ Name: 'tag:gopackgo:release', Values: [release] }];
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
    for (const { ImageId = '' } of Images) await change(ImageId, ec2);
  }
}

it('an AMI that others may use is kept, and so is one that was shared while cleanup asked', async () => {
  const { sandbox } = await twoReleases();
  const without = { includingShared: false };
  expect((await cleanAfter(sandbox, 0, without)).amis).toEqual([]);
  const change = (how: 'Add' | 'Remove') => () =>
    toEach(sandbox, async (ImageId, ec2) => {
      const [image] = (await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }))).Images ?? [];
      const SnapshotId = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
      const to = { [how]: [{ UserId: friend }] };
      await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: to }));
      const CreateVolumePermission = to;
      await ec2.send(
        new ModifySnapshotAttributeCommand({
          SnapshotId,
          Attribute: 'createVolumePermission',
          CreateVolumePermission,
        }),
      );
    });
  await change('Remove')();
  const { exit, amis } = await cleanAfter(sandbox, 0, { ...without, meanwhile: change('Add') });
  expect([exit, amis.map(({ outcome, why }) => `${outcome}: ${why}`)]).toEqual([
    1,
    ['kept: it was shared after the plan was made', 'kept: it was shared after the plan was made'],
  ]);
  expect(await lifeOf(sandbox)).toEqual(before);
});

it('protection stays on while an AMI is retired', async () => {
  const { sandbox } = await twoReleases();
  await toEach(sandbox, (ImageId, ec2) =>
    ec2.send(new EnableImageDeregistrationProtectionCommand({ ImageId })),
  );
  const again = { mayUnprotect: true };
  await cleanAfter(sandbox, 0, again);
  expect((await lifeOf(sandbox)).filter((line) => line.includes('disabled retired enabled-'))).toHaveLength(
    2,
  );
  expect((await cleanAfter(sandbox, 31, again)).removed.amis).toBe(2);
});

it('a yanked release that is retired stays yanked when it is restored', async () => {
  const { sandbox } = await twoReleases();
  await toEach(sandbox, async (ImageId, ec2) => {
    const Tags = [{ Key: 'gopackgo:yanked', Value: '2026-11-30T00:00:00.000Z it opens a port' }];
    await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
    await ec2.send(new DisableImageCommand({ ImageId }));
  });
  await cleanAfter(sandbox, 0);
  const publication = webAt('1.0.0');
  const of = { publication, release, targets: targetsOf(publication), sharing: publication.share };
  const undone = await lookAt(sandbox, async (context) => {
    const { steps } = await planReturn(of, await findReleaseAmis('web', regions, context), context);
    return { about: about(release, 'yank --undo'), steps, optional: new Set() };
  });
  expect(undone.refusal).toContain('gopackgo cleanup web@1.0.0 --sandbox --restore');
  expect((await restore(sandbox)).result).toMatchObject({ exit: 0 });
  expect((await lifeOf(sandbox)).filter((line) => line.includes(' web@1.0.0 disabled'))).toEqual(
    inEach((region) => [`${region} web@1.0.0 disabled yanked shared 0 copied 0`]),
  );
});
