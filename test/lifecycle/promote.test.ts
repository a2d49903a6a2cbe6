import { CreateTagsCommand, DescribeImagesCommand, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { planPromotion } from '../../src/lifecycle/promotion.ts';
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

const life = { supersede: { deprecateAfter: '30d' } };

/** Promotes a release of `web`, if given only in some regions. */
const promote = (sandbox: Sandbox, version: string, clients?: Clients, only: readonly string[] = regions) =>
  changeLife(
    sandbox,
    async (context) => {
      const publication = webAt(version, life);
      const release = `web@${version}`;
      const targets = targetsOf(publication).filter(({ region }) => only.includes(region));
      const promotion = await planPromotion(
        {
          publication,
          release,
          account: aPlan.account,
          sharing: publication.share,
          targets,
          recordTo: [],
          takeOver: false,
        },
        await findReleaseAmis('web', only, context),
        context,
      );
      return {
        about: about(release, 'promote'),
        steps: [...promotion.steps, promotion.superseding],
        optional: new Set(),
      };
    },
    clients,
  );

async function twoReleases(sandbox: Sandbox): Promise<void> {
  await publishAt(sandbox, '1.0.0', life);
  await publishAt(sandbox, '2.0.0', life);
}

const rolledBack = regions
  .flatMap((region) => [
    `${region} web@1.0.0 available current shared 1 copied 1`,
    `${region} web@2.0.0 available superseded deprecated shared 1 copied 1`,
    `${region} /web/1.0.0/2204-hvm web@1.0.0`,
    `${region} /web/2.0.0/2204-hvm web@2.0.0`,
    `${region} ${latest} web@1.0.0`,
  ])
  .sort();

it('killed at any change and run again elsewhere, promote makes everything follow the release, and nothing half', async () => {
  const folder = temporaryFolder();
  const first = createWorld({ folder });
  await twoReleases(first);
  await first.aws.close();
  const whole = copyOf(folder);
  const kills = await callsBeforeChanges(whole, async (clients) => {
    const done = await promote(whole, '1.0.0', clients);
    expect(done.result?.exit, JSON.stringify(done)).toBe(0);
  });
  expect(await lifeOf(whole)).toEqual(rolledBack);
  const again = await promote(whole, '1.0.0');
  expect(again.result?.changes).toEqual([]);
  expect(kills.length).toBeGreaterThan(10);
  for (const after of kills) {
    const sandbox = copyOf(folder);
    await promote(sandbox, '1.0.0', failing(sandbox, after, Number.POSITIVE_INFINITY).clients);
    const { result, refusal } = await promote(sandbox, '1.0.0');
    const said = `killed after call ${after}: ${refusal ?? JSON.stringify(result, null, 1)}`;
    expect(await lifeOf(sandbox), said).toEqual(rolledBack);
    expect(result?.exit, said).toBe(0);
  }
});

it('part of a release is promoted, and repairing the other release does not undo that', async () => {
  const sandbox = createWorld();
  await twoReleases(sandbox);
  const [here, far] = regions;
  expect((await promote(sandbox, '1.0.0', undefined, [far])).result?.exit).toBe(0);
  expect((await published(sandbox, planAt('2.0.0', life))).exit).toBe(0);
  const life2 = await lifeOf(sandbox);
  expect(life2).toContain(`${far} ${latest} web@1.0.0`);
  expect(life2).toContain(`${here} ${latest} web@2.0.0`);
});

it('a release that is private, withdrawn or somebody else’s is not promoted, and nothing is changed', async () => {
  const folder = temporaryFolder();
  const first = createWorld({ folder });
  await twoReleases(first);
  await first.aws.close();
  const ofRelease = async (sandbox: Sandbox) => {
    const Filters = [{ Name: 'tag:gopackgo:release', Values: ['web@1.0.0'] }];
    const { Images = [] } = await sandbox.ec2().send(new DescribeImagesCommand({ Filters }));
    return Images[0]?.ImageId ?? '';
  };
  const cases: [says: string, change: (sandbox: Sandbox) => Promise<unknown>][] = [
    [
      'is not shared as the config says',
      async (sandbox) => {
        const LaunchPermission = { Remove: [{ UserId: '210987654321' }] };
        await sandbox
          .ec2()
          .send(new ModifyImageAttributeCommand({ ImageId: await ofRelease(sandbox), LaunchPermission }));
      },
    ],
    [
      'was yanked',
      async (sandbox) => {
        const Tags = [{ Key: 'gopackgo:yanked', Value: 'by hand' }];
        await sandbox.ec2().send(new CreateTagsCommand({ Resources: [await ofRelease(sandbox)], Tags }));
      },
    ],
    [
      '--take-over-parameters',
      (sandbox) =>
        sandbox.ssm().send(new PutParameterCommand({ Name: latest, Value: 'none', Overwrite: true })),
    ],
  ];
  for (const [says, change] of cases) {
    const sandbox = copyOf(folder);
    await change(sandbox);
    const before = await lifeOf(sandbox);
    const { refusal } = await promote(sandbox, '1.0.0');
    expect(refusal).toContain(says);
    expect(await lifeOf(sandbox)).toEqual(before);
  }
});
