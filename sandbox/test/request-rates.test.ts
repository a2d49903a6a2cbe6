import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createRequestRates } from '../calls/request-rates.ts';
import { createWorld, errorOf } from '../testing/world.ts';

const call = { account: '123456789012', region: 'us-east-1', operation: 'DescribeImages', input: {} };

const burst = (more: Partial<typeof call>, at = 0, rates = createRequestRates()) => {
  let taken = 0;
  while (taken < 1000 && rates.take({ ...call, ...more }, at)) taken += 1;
  return taken;
};

test.each([
  ['CopyImage', {}, 100, 1],
  ['DescribeImages', {}, 100, 20],
  ['DescribeSnapshots', {}, 50, 10],
  ['DescribeSnapshots', { NextToken: 'x' }, 50, 10],
  ['DescribeSnapshots', { Filters: [] }, 100, 20],
  ['ModifyImageAttribute', {}, 100, 5],
  ['CreateTags', {}, 100, 10],
  ['RegisterImage', {}, 50, 5],
  ['RunInstances', {}, 5, 2],
  ['DescribeLaunchTemplateVersions', {}, 100, 20],
  ['DescribeImageReferences', {}, 100, 20],
  ['ListImagesInRecycleBin', {}, 100, 20],
  ['DeleteLaunchTemplateVersions', {}, 50, 5],
])('%s with %j: %i at once, then %i a second', (operation, input, capacity, refill) => {
  const rates = createRequestRates();
  expect(burst({ operation, input }, 0, rates)).toBe(capacity);
  expect(burst({ operation, input }, 10_000, rates)).toBe(Math.min(capacity, refill * 10));
});

test('each account, region and action has its own bucket', () => {
  const rates = createRequestRates();
  burst({}, 0, rates);
  for (const other of [{ account: '210987654321' }, { region: 'eu-west-1' }, { operation: 'DescribeVpcs' }]) {
    expect(burst(other, 0, rates)).toBe(100);
  }
  expect(rates.take(call, 49)).toBe(false);
  expect(rates.take(call, 50)).toBe(true);
});

test('a client that calls too often is throttled, and may call again once the clock has advanced', async () => {
  const world = createWorld({ now: () => new Date('2026-11-21T12:00:00Z') });
  const ec2 = world.ec2();
  const ask = () => errorOf(ec2.send(new DescribeSnapshotsCommand({})));
  for (let count = 0; count < 50; count += 1) expect(await ask()).toBe('no error');
  const refused = ec2.send(new DescribeSnapshotsCommand({}));
  await expect(refused).rejects.toMatchObject({
    name: 'RequestLimitExceeded',
    $metadata: { httpStatusCode: 503 },
  });
  expect(await errorOf(ec2.send(new DescribeVpcsCommand({})))).toBe('no error');
  world.aws.settings.advance(1);
  expect(await ask()).toBe('no error');
  world.aws.settings.change({ requestRates: 'off' });
  for (let count = 0; count < 60; count += 1) expect(await ask()).toBe('no error');
});

test('a call that is refused for another reason has used its token', async () => {
  const world = createWorld({ now: () => new Date('2026-11-21T12:00:00Z') });
  const ec2 = world.ec2();
  const wrong = new CreateTagsCommand({
    Resources: ['ami-0123456789abcdef0'],
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  for (let count = 0; count < 100; count += 1) {
    expect(await errorOf(ec2.send(wrong))).toBe('InvalidAMIID.NotFound');
  }
  expect(await errorOf(ec2.send(wrong))).toBe('RequestLimitExceeded');
  expect(await errorOf(ec2.send(new DescribeImagesCommand({ Owners: ['self'] })))).toBe('no error');
});
