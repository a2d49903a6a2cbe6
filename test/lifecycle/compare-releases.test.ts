import { CreateTagsCommand, DescribeImagesCommand, DisableImageCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { compareReleases } from '../../src/lifecycle/compare-releases.ts';
import { ownAmi, shownStatus } from '../../src/lifecycle/compared-target.ts';
import { findReleaseAmis } from '../../src/observe/release-amis.ts';
import { verify } from '../../src/observe/verify.ts';
import { plan as aPlan, worldOn } from '../support/embedded.ts';
import { planAt, publishAt, regions, targetsOf, webAt } from '../support/releases.ts';

/** Tags the AMIs of a release, and disables them. */
async function withdraw(sandbox: Sandbox, version: string, Key: string): Promise<void> {
  for (const region of regions) {
    const ec2 = sandbox.ec2({ region });
    const Filters = [{ Name: 'tag:gopackgo:release', Values: [`web@${version}`] }];
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
    for (const { ImageId = '' } of Images) {
      const Tags = [{ Key, Value: '2026-11-30T00:00:00.000Z it opens a port' }];
      await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
      await ec2.send(new DisableImageCommand({ ImageId }));
    }
  }
}

/** All releases of `web`, by the tags of their AMIs, with the config at this version. */
async function compared(sandbox: Sandbox, version: string) {
  const context = worldOn(sandbox);
  const publication = webAt(version);
  const targets = targetsOf(publication);
  return compareReleases(
    {
      publication,
      release: `web@${version}`,
      version,
      account: aPlan.account,
      others: true,
      targets,
      configured: new Set(targets.map(({ name }) => name)),
      configOf: (other) => ({ publication: webAt(other), sharing: publication.share, recordTo: [] }),
      isCandidate: () => false,
    },
    await findReleaseAmis('web', regions, context),
    context,
  );
}

it.each([
  ['yanked', 'gopackgo:yanked'],
  ['retired', 'gopackgo:retired'],
])('a release that was %s is shown as such, with its AMIs, by its plan and by tags', async (word, tag) => {
  const sandbox = createWorld();
  await publishAt(sandbox, '1.0.0');
  await publishAt(sandbox, '2.0.0');
  await withdraw(sandbox, '1.0.0', tag);
  const plan = planAt('1.0.0');
  const verdicts = await verify(plan, plan.targets, worldOn(sandbox), 'one look');
  const id = expect.stringMatching(/^ami-/);
  expect(verdicts.map(({ status }) => [shownStatus(status), ownAmi(status)?.id])).toEqual(
    Array(2).fill([word, id]),
  );
  const { others } = await compared(sandbox, '2.0.0');
  expect(others).toMatchObject([
    { release: 'web@1.0.0', targets: Array(2).fill({ status: word, ami: id, why: expect.any(String) }) },
  ]);
});
