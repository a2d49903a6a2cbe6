import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { allOf, planPromotion } from '../../src/lifecycle/promotion.ts';
import { momentOfYank, planReturn, planWithdrawal } from '../../src/lifecycle/withdrawal.ts';
import { findReleaseAmis } from '../../src/observe/release-amis.ts';
import { plan as aPlan } from '../support/embedded.ts';
import { callsBeforeChanges, copyOf, failing } from '../support/failing.ts';
import { published } from '../support/publishing.ts';
import {
  about,
  changeLife,
  latest,
  lifeOf,
  planAt,
  publishAt,
  regions,
  targetsOf,
  webAt,
} from '../support/releases.ts';

const { account } = aPlan;

/** Withdraws 2.0.0; `nothing` is promoted in its place, or the given release. */
const yank = (sandbox: Sandbox, clients?: Clients, instead: '1.0.0' | 'none' | 'nothing' = '1.0.0') =>
  changeLife(
    sandbox,
    async (context) => {
      const publication = webAt('2.0.0');
      const found = await findReleaseAmis('web', regions, context);
      const other = webAt('1.0.0');
      const promotion =
        instead === '1.0.0'
          ? await planPromotion(
              {
                publication: other,
                release: 'web@1.0.0',
                account,
                sharing: other.share,
                targets: targetsOf(other),
                recordTo: [],
                takeOver: false,
                since: momentOfYank('web@2.0.0', allOf(found), context.clock.now()),
              },
              found,
              context,
            )
          : instead === 'none'
            ? instead
            : undefined;
      const { steps } = await planWithdrawal(
        {
          publication,
          release: 'web@2.0.0',
          targets: targetsOf(publication),
          reason: 'it opens a port',
          ...(promotion === undefined ? {} : { instead: promotion }),
        },
        found,
        [],
        context,
      );
      return { about: about('web@2.0.0', 'yank'), steps, optional: new Set() };
    },
    clients,
  );

const undo = (sandbox: Sandbox, clients?: Clients) =>
  changeLife(
    sandbox,
    async (context) => {
      const publication = webAt('2.0.0');
      const { steps } = await planReturn(
        { publication, release: 'web@2.0.0', targets: targetsOf(publication), sharing: publication.share },
        await findReleaseAmis('web', regions, context),
        context,
      );
      return { about: about('web@2.0.0', 'yank --undo'), steps, optional: new Set() };
    },
    clients,
  );

const inEach = (lines: (region: string) => string[]) => regions.flatMap(lines).sort();

const withdrawn = inEach((region) => [
  `${region} web@1.0.0 available current shared 1 copied 1`,
  `${region} web@2.0.0 disabled yanked shared 0 copied 0`,
  `${region} /web/1.0.0/2204-hvm web@1.0.0`,
  `${region} ${latest} web@1.0.0`,
]);

const returned = inEach((region) => [
  `${region} web@1.0.0 available current shared 1 copied 1`,
  `${region} web@2.0.0 available shared 1 copied 1`,
  `${region} /web/1.0.0/2204-hvm web@1.0.0`,
  `${region} /web/2.0.0/2204-hvm web@2.0.0`,
  `${region} ${latest} web@1.0.0`,
]);

/** A world with both releases, and its state once 2.0.0 was withdrawn. */
async function worlds(): Promise<{ folder: string; yanked: string; kills: number[]; before: string[] }> {
  const folder = temporaryFolder();
  const first = createWorld({ folder });
  await publishAt(first, '1.0.0');
  await publishAt(first, '2.0.0');
  const before = await lifeOf(first);
  await first.aws.close();
  const yanked = temporaryFolder();
  const whole = copyOf(folder, yanked);
  const kills = await callsBeforeChanges(whole, async (clients) => {
    expect((await yank(whole, clients)).result).toMatchObject({ exit: 0 });
  });
  expect(await lifeOf(whole)).toEqual(withdrawn);
  expect((await yank(whole)).result?.changes).toEqual([]);
  await whole.aws.close();
  return { folder, yanked, kills, before };
}

it('after a kill at any change the next yank resumes; once one AMI has the tag, publish shares nothing again', async () => {
  const { folder, kills, before } = await worlds();
  expect(kills.length).toBeGreaterThan(12);
  for (const [index, after] of kills.entries()) {
    const sandbox = copyOf(folder);
    await yank(sandbox, failing(sandbox, after, Number.POSITIVE_INFINITY).clients);
    const said = `killed after call ${after}`;
    // Later kills make no difference to publish: every AMI has the tag by then.
    if (index === 0) expect(await lifeOf(sandbox), said).toEqual(before);
    if (index === 1 || index === kills.length - 3) {
      const between = await lifeOf(sandbox);
      const run = await published(sandbox, planAt('2.0.0'));
      expect([run.exit, run.refusal], said).toEqual([4, expect.stringContaining('web@2.0.0 was yanked')]);
      expect(await lifeOf(sandbox), said).toEqual(between);
    }
    expect((await yank(sandbox)).result, said).toMatchObject({ exit: 0 });
    expect(await lifeOf(sandbox), said).toEqual(withdrawn);
  }
});

it('yank --undo undoes it, wherever it is killed, and it is an ordinary release again', async () => {
  const { yanked } = await worlds();
  const back = copyOf(yanked);
  const kills = await callsBeforeChanges(back, async (clients) => {
    expect((await undo(back, clients)).result).toMatchObject({ exit: 0 });
  });
  expect(await lifeOf(back)).toEqual(returned);
  expect((await undo(back)).result?.changes).toEqual([]);
  expect((await published(back, planAt('2.0.0'))).exit).toBe(0);
  expect(await lifeOf(back)).toEqual(returned);
  expect(kills.length).toBeGreaterThan(8);
  for (const after of kills) {
    const sandbox = copyOf(yanked);
    await undo(sandbox, failing(sandbox, after, Number.POSITIVE_INFINITY).clients);
    const { result } = await undo(sandbox);
    expect(await lifeOf(sandbox), `killed after call ${after}: ${JSON.stringify(result)}`).toEqual(returned);
  }
});

it('a release that records follow needs another one in its place, or its parameters are deleted', async () => {
  const sandbox = createWorld();
  await publishAt(sandbox, '2.0.0');
  const before = await lifeOf(sandbox);
  const alone = await yank(sandbox, undefined, 'nothing');
  expect(alone.refusal).toContain('or --promote OTHER');
  const nowhere = await yank(sandbox);
  expect(nowhere.refusal).toContain('web@1.0.0 has no AMI there');
  expect(await lifeOf(sandbox)).toEqual(before);
  expect((await yank(sandbox, undefined, 'none')).result).toMatchObject({ exit: 0 });
  expect(await lifeOf(sandbox)).toEqual(
    inEach((region) => [`${region} web@2.0.0 disabled current yanked shared 0 copied 0`]),
  );
});
