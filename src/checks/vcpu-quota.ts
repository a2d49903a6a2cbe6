import type { InstanceTypeFacts } from '../aws/instance-types.ts';
import { ec2Quota } from '../aws/service-quota.ts';
import { type RunningInstance, runningInstances } from '../aws/vcpus-in-use.ts';
import type { Lookup } from '../model/lookup.ts';
import { type VcpuQuota, vcpuQuotaOf } from '../model/vcpu-quotas.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { launchTypes } from './launch-types.ts';
import type { RegionWork } from './region-work.ts';
import { typeFactsOf } from './shared-answers.ts';

export const vcpuQuota = inEachRegion(
  ({ toBuild }) => quotasOf(toBuild).length > 0,
  async (work, { clients, placeOf }) => {
    const quotas = quotasOf(work.toBuild);
    const [facts, running, limits] = await Promise.all([
      typeFactsOf(work, clients),
      runningInstances(clients, work.region),
      Promise.all(
        quotas.map(async ({ code }) => [code, await ec2Quota(clients, work.region, code)] as const),
      ),
    ]);
    return judgeVcpuQuotas(work, { facts, running, limits: new Map(limits) }, placeOf);
  },
);

const check = 'quota of vCPUs';

export interface VcpuAnswers {
  facts: Lookup<ReadonlyMap<string, InstanceTypeFacts>>;
  /** Instances that already count against the quota. */
  running: Lookup<readonly RunningInstance[]>;
  /** By the quota's code. */
  limits: ReadonlyMap<string, Lookup<number>>;
}

function quotasOf(toBuild: RegionWork['toBuild']): VcpuQuota[] {
  const all = toBuild.flatMap((target) =>
    launchTypes(target).flatMap(({ type, spot }) => vcpuQuotaOf(type, spot) ?? []),
  );
  return [...new Map(all.map((quota) => [quota.code, quota])).values()];
}

/**
 * Whether the concurrent builds in a region fit in its vCPU quotas, On-Demand and Spot, next to the running instances. If fewer
 * fit, `buildsAtOnce` of the warning says how many; if none fits, it is refused. Types with unknown vCPUs are left out: the
 * check of instance types says why. Pure.
 */
export function judgeVcpuQuotas(
  { region, toBuild, atOnce }: Pick<RegionWork, 'region' | 'toBuild' | 'atOnce'>,
  { facts, running, limits }: VcpuAnswers,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check, region, stops: 'building' };
  const unasked = [facts, running, ...limits.values()].find((lookup) => !lookup.ok);
  if (unasked && !unasked.ok) return [notKnown(all, 'room for the builders', unasked.error)];
  if (!facts.ok || !running.ok) return [];
  const found = quotasOf(toBuild).flatMap((quota): Finding[] => {
    const limit = limits.get(quota.code);
    const builders = toBuild.flatMap((target) => {
      const sizes = launchTypes(target).flatMap(({ type, spot, option }) => {
        const vcpus = facts.value.get(type)?.vcpus ?? 0;
        return vcpuQuotaOf(type, spot)?.code === quota.code && vcpus > 0 ? [{ type, vcpus, option }] : [];
      });
      const largest = sizes.toSorted((a, b) => b.vcpus - a.vcpus)[0];
      return largest ? [{ target, ...largest }] : [];
    });
    const [largest] = builders.toSorted((a, b) => b.vcpus - a.vcpus);
    if (!largest || !limit?.ok) return [];
    const used = running.value
      .filter(({ type, spot }) => vcpuQuotaOf(type, spot)?.code === quota.code)
      .reduce((sum, { vcpus }) => sum + vcpus, 0);
    const fits = Math.max(0, Math.floor((limit.value - used) / largest.vcpus));
    const wanted = Math.min(atOnce, builders.length);
    const place: Place = {
      ...all,
      place: placeOf(largest.target, [largest.option]),
      targets: builders.map(({ target }) => target.name),
    };
    if (fits >= wanted) return [];
    const command =
      `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${quota.code} ` +
      `--region ${region} --desired-value ${used + wanted * largest.vcpus}`;
    const found = `${used} of ${limit.value} vCPUs in use ("${quota.name}"), and ${largest.type} needs ${largest.vcpus}`;
    const expected = `room for ${wanted === 1 ? 'one builder' : `${wanted} builders at once`}`;
    if (fits > 0) {
      const todo = `${fits === 1 ? 'One build runs' : `${fits} builds run`} at a time there, as with --parallel-per-region ${fits}. For more: ${command}`;
      return [{ ...place, is: 'warning', buildsAtOnce: fits, expected, found, todo, command }];
    }
    const todo = `${waysToFit({ limit: limit.value, used, needed: largest.vcpus })}; or ${command}`;
    return [
      { ...place, is: 'refused', code: 'vcpu-quota', expected: 'room for one builder', found, todo, command },
    ];
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : found;
}

/** Advice if no builder fits: one may fit once others have ended; fewer concurrent builds do not help. */
function waysToFit({ limit, used, needed }: { limit: number; used: number; needed: number }): string {
  const free = limit - used;
  const most = (vcpus: number) => `use an instance type with at most ${vcpus} vCPUs`;
  if (limit <= 0) return 'Use an instance type of another family: this quota allows none';
  if (needed > limit)
    return `U${most(limit).slice(1)}: fewer builds at once (--parallel-per-region) do not help`;
  const alone =
    'Wait until other instances have ended, and add --parallel-per-region 1 if only one fits then';
  return free > 0 ? `${alone}; ${most(free)}` : alone;
}
