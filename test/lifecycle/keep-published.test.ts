import {
  DescribeImagesCommand,
  DisableImageDeregistrationProtectionCommand,
  EnableImageDeprecationCommand,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { deprecationWarnings } from '../../src/lifecycle/promotion.ts';
import { published } from '../support/publishing.ts';
import { planAt, publishAt, regions } from '../support/releases.ts';

const day = 24 * 3_600_000;
const wanted = { deprecateAfter: '30d', deregistrationProtection: true };

/** Days from its creation to its deprecation, and the protection, of the one AMI of each region. */
async function endsOf(sandbox: Sandbox) {
  const each = await Promise.all(
    regions.map((region) => sandbox.ec2({ region }).send(new DescribeImagesCommand({ Owners: ['self'] }))),
  );
  return each.map(({ Images: [image] = [] }) => ({
    id: image?.ImageId ?? 'none',
    days: (Date.parse(image?.DeprecationTime ?? '') - Date.parse(image?.CreationDate ?? '')) / day,
    protection: image?.DeregistrationProtection,
  }));
}

it('a release gets its deprecation date and its protection once it is published, and keeps them', async () => {
  const sandbox = createWorld();
  expect((await published(sandbox, planAt('1.0.0'))).exit).toBe(0);
  const before = await endsOf(sandbox);
  expect(before.map(({ protection }) => protection)).toEqual(['disabled', 'disabled']);

  const { exit, result } = await published(sandbox, planAt('1.0.0', wanted));
  expect([exit, result?.lifecycle?.map(({ change }) => change).sort()]).toEqual([
    0,
    ['deprecation', 'deprecation', 'protection', 'protection'],
  ]);
  const after = await endsOf(sandbox);
  for (const { days, protection } of after) {
    expect(days).toBeCloseTo(30, 2);
    expect(protection).toBe('enabled-without-cooldown');
  }

  const [first] = after;
  await sandbox
    .ec2({ region: regions[0] })
    .send(new DisableImageDeregistrationProtectionCommand({ ImageId: first?.id }));
  const again = await published(sandbox, planAt('1.0.0', wanted));
  expect(again.result?.lifecycle).toMatchObject([{ change: 'protection', name: first?.id, outcome: 'done' }]);
  expect(await endsOf(sandbox)).toEqual(after);
  expect((await published(sandbox, planAt('1.0.0', wanted))).result?.lifecycle).toBeUndefined();
});

it('publish says if a release is deprecated soon, unless another one is promoted', async () => {
  const sandbox = createWorld();
  await publishAt(sandbox, '1.0.0');
  const soon = new Date(Date.now() + 20 * day);
  const ends = await endsOf(sandbox);
  for (const [at, region] of regions.entries())
    await sandbox
      .ec2({ region })
      .send(new EnableImageDeprecationCommand({ ImageId: ends[at]?.id, DeprecateAt: soon }));
  const warnings = async () =>
    (await published(sandbox, planAt('1.0.0'))).events.flatMap((one) =>
      one.type === 'warning' ? one.text : [],
    );
  expect(await warnings()).toEqual([
    `web@1.0.0: 2 of its AMIs are deprecated from ${soon.toISOString().slice(0, 10)} on: from then on, others no longer see them in lists. Publish a new release in time.`,
  ]);
  await publishAt(sandbox, '2.0.0');
  expect(await warnings()).toEqual([]);
});

it('publish says that AWS deprecates public AMIs two years after their creation', () => {
  const of = { created: '2025-01-10T00:00:00.000Z', public: true, deprecated: '2027-01-10T00:00:00.000Z' };
  const at = (now: string) => deprecationWarnings('web@1.0.0', [of], Date.parse(now));
  expect(at('2026-11-01T00:00:00Z')).toEqual([]);
  expect(at('2026-12-01T00:00:00Z')).toEqual([
    expect.stringMatching(/is deprecated from 2027-01-10 on by AWS, .* two years after their creation/),
  ]);
});
