import { expect, it } from 'vitest';
import { judgeTimedCopies } from '../../src/checks/timed-copies.ts';
import { failedLookup, okLookup } from '../../src/model/lookup.ts';

const region = 'eu-west-1';
const work = (sizes: number[][], minutes: number) => ({
  region,
  timedCopies: sizes.map((gibibytes) => ({ from: 'us-east-1', minutes, gibibytes })),
});
const denied = failedLookup({
  code: 'AccessDenied',
  message: 'no',
  operation: 'servicequotas:GetServiceQuota',
  region,
});
const eight = Array.from({ length: 8 }, () => [300]);

it.each([
  [
    '8 of 300 GiB in 15 minutes, more than AWS gives',
    work(eight, 15),
    okLookup(2_000),
    'warning',
    '2731 MiB/s for 8 AMIs at once',
  ],
  ['the same with a raised quota', work(eight, 15), okLookup(3_000), 'ok', ''],
  ['the same with an unreadable quota', work(eight, 15), denied, 'warning', '2731 MiB/s'],
  ['8 of 300 GiB in half an hour', work(eight, 30), denied, 'ok', ''],
  [
    'one volume that is too large for its time',
    work([[8, 500]], 15),
    okLookup(9_000),
    'warning',
    '569 MiB/s for the largest volume',
  ],
  ['volumes whose sizes are not known', work([[]], 15), okLookup(2_000), 'ok', ''],
])('%s', (_, of, quota, is, found) => {
  const finding = judgeTimedCopies(of, quota);
  expect(finding.is).toBe(is);
  expect('found' in finding ? finding.found : '').toContain(found);
});

it('names the command that raises the quota to a tenth above the need', () => {
  expect(judgeTimedCopies(work(eight, 15), okLookup(2_000))).toMatchObject({
    command: `aws service-quotas request-service-quota-increase --service-code ebs --quota-code L-E137849C --region ${region} --desired-value 3005`,
  });
});
