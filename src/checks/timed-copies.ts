import { ebsQuota } from '../aws/service-quota.ts';
import type { Lookup } from '../model/lookup.ts';
import { inEachRegion } from './check.ts';
import type { Finding } from './finding.ts';
import type { RegionWork, TimedCopy } from './region-work.ts';

/** The quota of the throughput of all timed copies from one region to another, in MiB a second (Service Quotas, Amazon EBS). */
const timedCopiesQuota = 'L-E137849C';

/** For all copies, and for a single snapshot, which cannot be raised ("Time-based copies", Amazon EBS User Guide). MiB a second. */
const usual = { ofAll: 2_000, ofOne: 500 };

/** MiB a second. */
const rateOf = ({ minutes }: TimedCopy, gibibytes: number): number => (gibibytes * 1024) / (minutes * 60);

/**
 * Whether timed copies can finish in time: above the quota EC2 copies more slowly, and if none of the quota is left it refuses.
 * Counts full volumes, as AWS advises if the amount of data is unknown. If the quota may not be read, AWS's default is used.
 * Pure.
 */
export function judgeTimedCopies(
  { region, timedCopies: copies = [] }: Pick<RegionWork, 'region' | 'timedCopies'>,
  allowed: Lookup<number>,
): Finding {
  const place = { check: 'timed copies', region, stops: 'building' } as const;
  const limit = allowed.ok ? allowed.value : usual.ofAll;
  for (const [from, some] of Map.groupBy(copies, (copy) => copy.from)) {
    const rates = some.flatMap((copy) => copy.gibibytes.map((size) => rateOf(copy, size)));
    const fastest = Math.ceil(Math.max(0, ...rates));
    if (fastest > usual.ofOne) {
      return {
        ...place,
        is: 'warning',
        expected: `at most ${usual.ofOne} MiB/s for a snapshot`,
        found: `${fastest} MiB/s for the largest volume from ${from}`,
        todo: 'Give copies more time ("copyWithin"): EC2 will not make them in that time',
      };
    }
    const needed = Math.ceil(rates.reduce((sum, rate) => sum + rate, 0));
    if (needed <= limit) continue;
    const command = `aws service-quotas request-service-quota-increase --service-code ebs --quota-code ${timedCopiesQuota} --region ${region} --desired-value ${Math.ceil(needed * 1.1)}`;
    return {
      ...place,
      is: 'warning',
      expected: `at most ${limit} MiB/s from ${from}`,
      found: `${needed} MiB/s for ${some.length} AMIs at once`,
      todo: `Give copies more time ("copyWithin"), or raise the quota: ${command}`,
      command,
    };
  }
  return { ...place, is: 'ok' };
}

export const timedCopies = inEachRegion(
  (work) => work.timedCopies !== undefined,
  async (work, { clients }) => judgeTimedCopies(work, await ebsQuota(clients, work.region, timedCopiesQuota)),
);
