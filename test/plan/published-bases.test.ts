import { CopyImageCommand, CreateTagsCommand, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import {
  createWorld,
  defaultAccount,
  otherAccount,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import type { BaseSettings } from '../../src/model/publication.ts';
import { publishedTag } from '../../src/model/published.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { tagKeys } from '../../src/model/resource-names.ts';
import { makeReleasePlan } from '../../src/plan/make-plan.ts';
import { plan as aPlan, clientsOf, target } from '../support/embedded.ts';
import { makeAmi } from '../support/held-builds.ts';
import { publication, settings } from './a-publication.ts';

const regions = ['us-east-1', 'eu-west-1'];
const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}T00:00:00.000Z`;

interface Marks {
  day?: number;
  candidate?: boolean;
  yanked?: string;
}

/** An AMI of the image 2404 of `baseline` in a region, as publish leaves it. */
async function release(sandbox: Sandbox, region: string, version: string, marks: Marks = {}) {
  const one = {
    ...target,
    region,
    name: `${region}-2404`,
    image: '2404',
    amiName: `baseline ${version} 2404`,
  };
  const { day: at, candidate = false, yanked } = marks;
  // Launches are throttled.
  sandbox.aws.settings.advance(60);
  return makeAmi(sandbox, one, {
    [tagKeys.release]: `baseline@${version}`,
    ...(at === undefined ? {} : { [tagKeys.published]: publishedTag({ at: day(at), candidate }) }),
    ...(yanked === undefined ? {} : { [tagKeys.yanked]: yanked }),
  });
}

const everywhere = (sandbox: Sandbox, version: string, marks?: Marks) =>
  Promise.all(regions.map((region) => release(sandbox, region, version, marks)));

const latest = { publication: 'baseline', image: '2404', release: 'latest' };

const planned = (
  sandbox: Sandbox,
  base: BaseSettings = latest,
  { pinned, bestEffort = false }: { pinned?: ReleasePlan; bestEffort?: boolean } = {},
) =>
  makeReleasePlan(
    publication({
      version: aPlan.version,
      regions: regions.map((name, index) => ({ name, bestEffort: bestEffort && index === 1, builder: {} })),
      images: [settings({ base })],
    }),
    {
      clients: clientsOf(sandbox),
      account: aPlan.account,
      endpoint: aPlan.endpoint,
      publishBase: (one) => `gopackgo publish ${one.publication} --sandbox`,
    },
    pinned,
    new Date(),
  );

const bases = ({ targets }: ReleasePlan) => targets.map(({ base }) => base);

it("finds the newest published release by tags, but none that is unfinished, yanked, a candidate, or somebody else's copy", async () => {
  const sandbox = createWorld();
  await everywhere(sandbox, '1.9.0', { day: 1 });
  const wanted = await everywhere(sandbox, '1.10.0', { day: 2 });
  // A fix of an older version, published earlier, and releases that do not count, all made later.
  await everywhere(sandbox, '1.8.1', { day: 1 });
  await everywhere(sandbox, '2.0.0');
  await everywhere(sandbox, '2.1.0', { day: 5, yanked: 'keys of a colleague in it' });
  await everywhere(sandbox, '3.0.0-rc1', { day: 6, candidate: true });
  // Somebody's copy, with all of the tags.
  const { ImageId = '' } = await sandbox.ec2({ region: 'eu-west-1' }).send(
    new CopyImageCommand({
      Name: 'a copy',
      SourceImageId: wanted[0],
      SourceRegion: 'us-east-1',
      CopyImageTags: true,
    }),
  );
  await sandbox.ec2({ region: 'eu-west-1' }).send(
    new CreateTagsCommand({
      Resources: [ImageId],
      Tags: [
        { Key: tagKeys.release, Value: 'baseline@4.0.0' },
        { Key: tagKeys.target, Value: 'eu-west-1-2404' },
        { Key: tagKeys.published, Value: publishedTag({ at: day(8), candidate: false }) },
      ],
    }),
  );
  // A version alone does not show that it is no candidate, for example with a time after a hyphen: the tag does.
  expect(bases(await planned(sandbox))).toMatchObject(
    wanted.map((id) => ({
      id,
      owner: defaultAccount.id,
      via: 'release',
      release: 'baseline@1.10.0',
      asked: 'baseline@latest 2404',
    })),
  );
  await everywhere(sandbox, '1.11-20261107', { day: 7, candidate: false });
  expect(bases(await planned(sandbox))).toMatchObject(
    regions.map(() => ({ release: 'baseline@1.11-20261107' })),
  );
});

it('uses a candidate, or an older release, if the config names it', async () => {
  const sandbox = createWorld();
  await everywhere(sandbox, '1.0.0', { day: 1 });
  await everywhere(sandbox, '2.0.0-rc1', { day: 2, candidate: true });
  await everywhere(sandbox, '3.0.0', { day: 3 });
  for (const version of ['1.0.0', '2.0.0-rc1']) {
    const plan = await planned(sandbox, { ...latest, release: version });
    expect(bases(plan)).toMatchObject(regions.map(() => ({ release: `baseline@${version}` })));
    expect(plan.targets.map(({ newerBase }) => newerBase)).toEqual([undefined, undefined]);
  }
});

it('keeps the pinned release, by its plan or by its AMIs, and says which one is newer', async () => {
  const sandbox = createWorld();
  await everywhere(sandbox, '1.0.0', { day: 1 });
  const before = await planned(sandbox);
  const [first] = before.targets;
  expect(first?.newerBase).toBeUndefined();
  if (first) await makeAmi(sandbox, first);
  await everywhere(sandbox, '2.0.0', { day: 2 });
  for (const pinned of [before, undefined]) {
    const after = await planned(sandbox, latest, pinned ? { pinned } : {});
    expect(after.targets).toMatchObject(
      before.targets.map(({ recipe, base: { id } }) => ({
        recipe,
        base: { id, release: 'baseline@1.0.0' },
        newerBase: 'baseline@2.0.0',
      })),
    );
  }
});

it('refuses a yanked release that is named, pinned, or the base of existing AMIs', async () => {
  const sandbox = createWorld();
  const ids = await everywhere(sandbox, '1.0.0', { day: 1 });
  const before = await planned(sandbox);
  const [first] = before.targets;
  if (first) await makeAmi(sandbox, first);
  const yank = (region: string, id = '') =>
    sandbox
      .ec2({ region })
      .send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: tagKeys.yanked, Value: 'CVE-2026-1' }] }));
  await Promise.all(regions.map((region, index) => yank(region, ids[index])));
  const says = /images\[0\]\.base\.\w+: expected a base image that is not yanked, found .*: CVE-2026-1/;
  await expect(planned(sandbox)).rejects.toThrow(says);
  await expect(planned(sandbox, latest, { pinned: before })).rejects.toThrow(says);
  // Not only of another publication.
  const byFilter = { filter: { owners: ['self'], filters: { name: ['baseline 1.0.0 2404'] } } };
  await expect(planned(sandbox, byFilter)).rejects.toThrow(says);
});

it('does not use a pinned release if the lookup that would show it as yanked failed', async () => {
  const sandbox = createWorld();
  await everywhere(sandbox, '1.0.0', { day: 1 });
  const pinned = await planned(sandbox);
  const does = { error: 'UnauthorizedOperation' };
  sandbox.faults.add([{ on: 'ec2:DescribeImages', input: 'baseline@*', times: 0, does }]);
  await expect(planned(sandbox, latest, { pinned })).rejects.toThrow(
    'us-east-1: ec2:DescribeImages failed: UnauthorizedOperation',
  );
});

it('advises a new version where all that was published is yanked', async () => {
  const sandbox = createWorld();
  await everywhere(sandbox, '1.0.0', { day: 1, yanked: 'it was wrong' });
  await expect(planned(sandbox)).rejects.toThrow(
    /found baseline@1\.0\.0, which is yanked \(it was wrong\)\. Publish a new version of baseline first$/m,
  );
});

it('says what exists if nothing is published, or if a release lacks a region', async () => {
  const sandbox = createWorld();
  await expect(planned(sandbox)).rejects.toThrow(
    'images[0].base.publication: expected a published release of baseline with the image 2404, found none. ' +
      'Publish it first: gopackgo publish baseline --sandbox, or add --with-bases',
  );
  await everywhere(sandbox, '1.0.0');
  await everywhere(sandbox, '1.1.0', { day: 1, yanked: 'it was wrong' });
  await everywhere(sandbox, '2.0.0-rc1', { day: 1, candidate: true });
  await expect(planned(sandbox)).rejects.toThrow(
    'found baseline@1.0.0, which is not published as a whole; baseline@1.1.0, which is yanked (it was wrong); ' +
      'baseline@2.0.0-rc1, a candidate, which counts only if "release" names it.',
  );
  await everywhere(sandbox, '2.0.0', { day: 2 });
  await release(sandbox, 'us-east-1', '3.0.0', { day: 3 });
  await expect(planned(sandbox)).rejects.toThrow(
    'expected baseline@3.0.0 with the image 2404 in eu-west-1, found it only in other regions, and here baseline@2.0.0.',
  );
  const partial = await planned(sandbox, latest, { bestEffort: true });
  expect(bases(partial)).toMatchObject([{ release: 'baseline@3.0.0' }]);
  expect(partial.leftOut).toMatchObject([{ region: 'eu-west-1' }]);
});

it("finds another account's release by the names of shared AMIs, since their tags are not visible", async () => {
  const sandbox = createWorld();
  const foreign = (version: string, shared = true) =>
    Promise.all(
      regions.map(async (region) => {
        const id = await release(sandbox, region, version);
        if (!shared) return id;
        await sandbox.ec2({ region }).send(
          new ModifyImageAttributeCommand({
            ImageId: id,
            LaunchPermission: { Add: [{ UserId: otherAccount.id }] },
          }),
        );
        return id;
      }),
    );
  const wanted = await foreign('1.0.0');
  await foreign('1.1.0', false);
  await foreign('2.0.0-rc1');
  // The other account publishes here; the baseline belongs to the sandbox's own account.
  const base = { ...latest, owner: defaultAccount.id, amiName: 'baseline {version} 2404' };
  const plan = await makeReleasePlan(
    publication({ version: aPlan.version, images: [settings({ base })] }),
    {
      clients: clientsOf(sandbox, undefined, { account: otherAccount }),
      account: otherAccount.id,
      endpoint: aPlan.endpoint,
    },
    undefined,
    new Date(),
  );
  expect(bases(plan)).toMatchObject(
    wanted.map((id) => ({
      id,
      release: 'baseline@1.0.0',
      asked: `baseline@latest 2404 of ${defaultAccount.id}`,
    })),
  );
});
