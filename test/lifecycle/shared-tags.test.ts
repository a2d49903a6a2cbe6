import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import {
  createWorld,
  otherAccount,
  type World as Sandbox,
  temporaryFolder,
} from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { allOf, planPromotion } from '../../src/lifecycle/promotion.ts';
import { momentOfYank, planReturn, planWithdrawal } from '../../src/lifecycle/withdrawal.ts';
import { findReleaseAmis } from '../../src/observe/release-amis.ts';
import { plan as aPlan } from '../support/embedded.ts';
import { callsBeforeChanges, copyOf, failing } from '../support/failing.ts';
import { published } from '../support/publishing.ts';
import { about, changeLife, planAt, publishAt, regions, targetsOf, webAt } from '../support/releases.ts';

const life = { sharedTags: true, deprecateAfter: '30d' };

const promotionOf = async (version: string, context: Parameters<typeof planPromotion>[2], since?: number) => {
  const publication = webAt(version, life);
  return planPromotion(
    {
      publication,
      release: `web@${version}`,
      account: aPlan.account,
      sharing: publication.share,
      targets: targetsOf(publication),
      recordTo: [],
      takeOver: false,
      ...(since === undefined ? {} : { since }),
    },
    await findReleaseAmis('web', regions, context),
    context,
  );
};

const promote = (sandbox: Sandbox, version: string) =>
  changeLife(sandbox, async (context) => {
    const { steps, superseding } = await promotionOf(version, context);
    return { about: about(`web@${version}`, 'promote'), steps: [...steps, superseding], optional: new Set() };
  });

/** Withdraws a release, with another one in its place if it is the promoted one. */
const yank = (sandbox: Sandbox, version: string, instead?: string, clients?: Clients) =>
  changeLife(
    sandbox,
    async (context) => {
      const publication = webAt(version, life);
      const release = `web@${version}`;
      const found = await findReleaseAmis('web', regions, context);
      const since = momentOfYank(release, allOf(found), context.clock.now());
      const { steps } = await planWithdrawal(
        {
          publication,
          release,
          targets: targetsOf(publication),
          reason: 'it opens a port',
          ...(instead === undefined ? {} : { instead: await promotionOf(instead, context, since) }),
        },
        found,
        [],
        context,
      );
      return { about: about(release, 'yank'), steps, optional: new Set() };
    },
    clients,
  );

const undo = (sandbox: Sandbox, version: string) =>
  changeLife(sandbox, async (context) => {
    const publication = webAt(version, life);
    const { steps } = await planReturn(
      {
        publication,
        release: `web@${version}`,
        targets: targetsOf(publication),
        sharing: publication.share,
      },
      await findReleaseAmis('web', regions, context),
      context,
    );
    return { about: about(`web@${version}`, 'yank --undo'), steps, optional: new Set() };
  });

/** The tags of AMIs that an account sees, by release, the same in each region; end-of-life is in days from their creation. */
async function seenBy(sandbox: Sandbox, account?: typeof otherAccount): Promise<Record<string, unknown>> {
  const each = await Promise.all(
    regions.map(async (region) => {
      const ec2 = sandbox.ec2({ region, ...(account ? { account } : {}) });
      const Filters = [{ Name: 'name', Values: ['web *'] }];
      const { Images = [] } = await ec2.send(
        new DescribeImagesCommand({ Filters, IncludeDisabled: true, IncludeDeprecated: true }),
      );
      const seen = Images.map(({ Name = '', CreationDate = '', Tags = [] }) => {
        const shared = Tags.flatMap(({ Key = '', Value = '' }) =>
          Key.startsWith('ec2:SharedTag/') ? [[Key.slice('ec2:SharedTag/'.length), Value] as const] : [],
        );
        const { 'end-of-life': ends = '', ...rest } = Object.fromEntries(shared);
        const created = Date.parse(CreationDate.slice(0, 10));
        const days = (Date.parse(ends) - created) / 86_400_000;
        return [
          Name.split(' ')[1] ?? '',
          { ...rest, ...(ends === '' ? {} : { days: Math.round(days) }) },
        ] as const;
      });
      return Object.fromEntries(seen);
    }),
  );
  const [first = {}, ...others] = each;
  for (const other of others) expect(other).toEqual(first);
  return first;
}

const current = (version: string) => ({ release: `web@${version}`, lifecycle: 'current', days: 30 });
const superseded = (version: string, by: string) => ({
  ...current(version),
  lifecycle: 'superseded',
  'replaced-by': `web@${by}`,
});

const tagCalls = (sandbox: Sandbox, since = 0) =>
  sandbox.aws
    .calls()
    .slice(since)
    .filter(({ operation }) => /Tags$/.test(operation ?? '')).length;

it('tell others which release is current, which one replaces another, and when it ends; publish keeps them', async () => {
  const sandbox = createWorld();
  await publishAt(sandbox, '1.0.0', life);
  expect(await seenBy(sandbox, otherAccount)).toEqual({ '1.0.0': current('1.0.0') });
  await publishAt(sandbox, '2.0.0', life);
  const both = { '1.0.0': superseded('1.0.0', '2.0.0'), '2.0.0': current('2.0.0') };
  expect(await seenBy(sandbox, otherAccount)).toEqual(both);

  const before = sandbox.aws.calls().length;
  for (const version of ['1.0.0', '2.0.0']) {
    const again = await published(sandbox, planAt(version, life));
    expect([again.exit, again.result?.lifecycle]).toEqual([0, undefined]);
  }
  expect(tagCalls(sandbox, before)).toBe(0);

  expect((await promote(sandbox, '1.0.0')).result).toMatchObject({ exit: 0 });
  expect(await seenBy(sandbox, otherAccount)).toEqual({
    '1.0.0': current('1.0.0'),
    '2.0.0': superseded('2.0.0', '1.0.0'),
  });
  expect((await promote(sandbox, '1.0.0')).result?.changes).toEqual([]);

  const off = await published(sandbox, planAt('2.0.0', { ...life, sharedTags: false }));
  expect(off.result?.lifecycle).toMatchObject(
    regions.map((region) => ({ change: 'shared tags', region, outcome: 'done' })),
  );
  expect(await seenBy(sandbox, otherAccount)).toEqual({ '1.0.0': current('1.0.0'), '2.0.0': {} });
});

it('of a release that was never promoted say that it is published, and take one call for each region', async () => {
  const sandbox = createWorld();
  await publishAt(sandbox, '1.0.0', { ...life, promote: false });
  expect(await seenBy(sandbox, otherAccount)).toEqual({
    '1.0.0': { ...current('1.0.0'), lifecycle: 'published' },
  });
  const without = createWorld();
  await publishAt(without, '1.0.0', { deprecateAfter: '30d', promote: false });
  expect(await seenBy(without, otherAccount)).toEqual({ '1.0.0': {} });
  expect(tagCalls(sandbox) - tagCalls(without)).toBe(regions.length);
});

it('of a withdrawn release say so last of all, with the reason; after a kill at any change the next run resumes', async () => {
  const folder = temporaryFolder();
  const first = createWorld({ folder });
  await publishAt(first, '1.0.0', life);
  await publishAt(first, '2.0.0', life);
  await first.aws.close();
  const withdrawn = {
    '1.0.0': current('1.0.0'),
    '2.0.0': {
      ...current('2.0.0'),
      lifecycle: 'yanked',
      'replaced-by': 'web@1.0.0',
      reason: 'it opens a port',
    },
  };
  const whole = copyOf(folder);
  const kills = await callsBeforeChanges(whole, async (clients) => {
    const { result } = await yank(whole, '2.0.0', '1.0.0', clients);
    expect(result).toMatchObject({ exit: 0 });
    expect(result?.changes.slice(-2).map(({ change, to }) => [change, to])).toEqual(
      regions.map(() => ['shared tags', 'lifecycle yanked, replaced-by web@1.0.0, reason it opens a port']),
    );
  });
  expect(await seenBy(whole)).toEqual(withdrawn);
  expect(await seenBy(whole, otherAccount)).toEqual({ '1.0.0': current('1.0.0') });

  for (const after of kills.slice(-4, -1)) {
    const sandbox = copyOf(folder);
    await yank(sandbox, '2.0.0', '1.0.0', failing(sandbox, after, Number.POSITIVE_INFINITY).clients);
    expect((await yank(sandbox, '2.0.0', '1.0.0')).result).toMatchObject({ exit: 0 });
    expect(await seenBy(sandbox)).toEqual(withdrawn);
    await sandbox.aws.close();
  }

  // Later promotions do not change this, until the yank is undone.
  await publishAt(whole, '3.0.0', life);
  expect((await yank(whole, '2.0.0')).result?.changes).toEqual([]);
  expect((await undo(whole, '2.0.0')).result).toMatchObject({ exit: 0 });
  expect(await seenBy(whole, otherAccount)).toEqual({
    '1.0.0': superseded('1.0.0', '3.0.0'),
    '2.0.0': superseded('2.0.0', '3.0.0'),
    '3.0.0': current('3.0.0'),
  });
  await whole.aws.close();
});

it('of a release that a withdrawn one had replaced name the one that is promoted now', async () => {
  const sandbox = createWorld();
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) await publishAt(sandbox, version, life);
  const inUse = { '2.0.0': superseded('2.0.0', '3.0.0'), '3.0.0': current('3.0.0') };
  expect(await seenBy(sandbox, otherAccount)).toEqual({ '1.0.0': superseded('1.0.0', '2.0.0'), ...inUse });
  // The release that replaced it then is not wrong because another one was promoted since.
  const again = await published(sandbox, planAt('1.0.0', life));
  expect([again.exit, again.result?.lifecycle]).toEqual([0, undefined]);

  expect((await yank(sandbox, '2.0.0')).result).toMatchObject({ exit: 0 });
  expect(await seenBy(sandbox, otherAccount)).toEqual({
    '1.0.0': superseded('1.0.0', '3.0.0'),
    '3.0.0': current('3.0.0'),
  });
  expect((await yank(sandbox, '2.0.0')).result?.changes).toEqual([]);

  expect((await yank(sandbox, '3.0.0', '1.0.0')).result).toMatchObject({ exit: 0 });
  expect(await seenBy(sandbox, otherAccount)).toEqual({ '1.0.0': current('1.0.0') });
});
