import { CreateTagsCommand, DescribeImagesCommand, DisableImageCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { planRestoration } from '../../src/lifecycle/restoration.ts';
import { planReturn } from '../../src/lifecycle/withdrawal.ts';
import type { LifecyclePlan } from '../../src/model/events.ts';
import { findReleaseAmis } from '../../src/observe/release-amis.ts';
import { lifecyclePlanText } from '../../src/report/lifecycle-report.ts';
import { worldOn } from '../support/embedded.ts';
import { about, friend, publishAt, regions, targetsOf, webAt } from '../support/releases.ts';

const organizations = ['arn:aws:organizations::123456789012:organization/o-abcdefghij'];
const sharing = { public: true, accounts: [friend], organizations, snapshots: true };

it.each([
  ['yank --undo', 'gopackgo:yanked', planReturn],
  ['cleanup --restore', 'gopackgo:retired', planRestoration],
] as const)('the plan of %s says who gains access', async (command, Key, planned) => {
  const sandbox = createWorld();
  await publishAt(sandbox, '1.0.0');
  for (const region of regions) {
    const ec2 = sandbox.ec2({ region });
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
    for (const { ImageId = '' } of Images) {
      const Tags = [{ Key, Value: '2026-11-30T00:00:00.000Z' }];
      await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
      await ec2.send(new DisableImageCommand({ ImageId }));
    }
  }
  const publication = webAt('1.0.0');
  const release = 'web@1.0.0';
  const of = { publication, release, targets: targetsOf(publication), sharing };
  const context = worldOn(sandbox);
  const { steps, gains } = await planned(of, await findReleaseAmis('web', regions, context), context);
  expect(gains).toEqual({ public: true, accounts: [friend], organizations });
  const plan: LifecyclePlan = {
    type: 'lifecycle-planned',
    format: 2,
    ...about(release, command),
    changes: steps.flatMap(({ changes }) => changes),
    gains,
  };
  expect(lifecyclePlanText(plan, 200)).toMatch(
    /^ {2}gains access +everybody and 210987654321, o-abcdefghij$/m,
  );
  const unshared = { ...of, sharing: { public: false, accounts: [], organizations: [], snapshots: true } };
  const nobody = await planned(unshared, await findReleaseAmis('web', regions, context), context);
  expect(lifecyclePlanText({ ...plan, gains: nobody.gains }, 200)).not.toContain('gains access');
});
