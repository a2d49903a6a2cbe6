import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import {
  createUsageReport,
  deleteUsageReport,
  findUsageReports,
  type UsageReport,
  usageEntries,
} from '../aws/image-usage.ts';
import { poll } from '../lib/poll.ts';
import type { AmiUse, CleanupPlan, PlannedAmi } from '../model/events.ts';
import { describeLookupError, failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';

/** `210987654321 (2 instances, 1 launch template)`. Pure. */
export function usersInWords(uses: readonly AmiUse[]): string {
  const words: Readonly<Record<string, string>> = {
    'ec2:Instance': 'instance',
    'ec2:LaunchTemplate': 'launch template',
  };
  return [...Map.groupBy(uses, ({ account }) => account)]
    .map(([account, some]) => {
      const each = some.map(({ type, count }) => `${count} ${words[type] ?? type}${count === 1 ? '' : 's'}`);
      return `${account} (${each.join(', ')})`;
    })
    .join(', ');
}

/** The plan without those that other accounts use: they are kept, with who that is. Pure. */
export const keepUsed = (plan: CleanupPlan, usage: Usage): CleanupPlan => ({
  ...plan,
  amis: plan.amis.map((one): PlannedAmi => {
    const uses = one.verdict === 'keep' ? undefined : usage.get(one.ami);
    if (uses === undefined) return one;
    const { bundle: _, parameters: __, protection: ___, notes: ____, ...ami } = one;
    const said = `in use by ${usersInWords(uses)}; --including-used includes it`;
    return { ...ami, verdict: 'keep', reasons: [{ reason: 'used by others', said }], snapshots: [] };
  }),
});

/** Who uses AMIs, by AMI; those that nobody else uses are not in it. */
export type Usage = ReadonlyMap<string, readonly AmiUse[]>;

/** No page says how long EC2 takes for a report. Milliseconds. */
const reportLimit = 30 * 60_000;
const betweenLooks = 5_000;

/** Calls at once in one region. */
const callsAtOnce = 4;

/** Reports that carry this tag were made here, by this run or by one that was killed. */
const ownTag = tagKeys.release;

/**
 * Asks EC2 which other accounts use AMIs: has a report made of each, waits until all are finished, and deletes them again, those too
 * that a killed run left. One that fails, or is not finished in time, makes the answer an error: then it is not known of any AMI.
 *
 * @param account the owner: what it uses itself is looked up without a report.
 */
export async function lookUpUsage(
  amis: readonly PlannedAmi[],
  account: string,
  context: Context,
): Promise<Lookup<Usage>> {
  const regions = await Promise.all(
    [...Map.groupBy(amis, ({ region }) => region)].map(async ([region, some]) => {
      const looked = await usageIn(region, some, context);
      await deleteReports(region, some, context);
      return looked;
    }),
  );
  const usage = new Map<string, AmiUse[]>();
  for (const lookup of regions) {
    if (!lookup.ok) return lookup;
    for (const { image, account: by, type, count } of lookup.value) {
      if (by === account || count === 0) continue;
      usage.set(image, [...(usage.get(image) ?? []), { account: by, type, count }]);
    }
  }
  return okLookup(usage);
}

async function usageIn(region: string, amis: readonly PlannedAmi[], context: Context) {
  const { clients } = context;
  const limit = pLimit(callsAtOnce);
  const created = await Promise.all(
    amis.map(({ ami, release = '' }) =>
      limit(() => createUsageReport(clients, region, ami, { [ownTag]: release })),
    ),
  );
  const refused = created.find((one) => !one.ok);
  if (refused && !refused.ok) return refused;
  const ids = created.flatMap((one) => (one.ok ? one.value : []));
  const finished = await untilFinished(region, ids, amis, context);
  return finished.ok ? usageEntries(clients, region, ids) : finished;
}

/** Waits until each report is there; a lookup that fails is asked again as long as there is time. */
async function untilFinished(
  region: string,
  ids: readonly string[],
  amis: readonly PlannedAmi[],
  { clients, clock, stop, emit }: Context,
): Promise<Lookup<void>> {
  const images = amis.map(({ ami }) => ami);
  const look = async () => {
    const found = await findUsageReports(clients, region, images, ownTag);
    return found.ok ? okLookup(found.value.filter(({ id }) => ids.includes(id))) : found;
  };
  const isPending = (found: Lookup<UsageReport[]>) =>
    !found.ok || found.value.length < ids.length || found.value.some(({ state }) => state === 'pending');
  const until = new Date(clock.now() + reportLimit).toISOString();
  const seen = await poll(
    { clock, every: betweenLooks, within: reportLimit, stop },
    look,
    (found) => !isPending(found),
    () => {
      const [first] = amis;
      emit({
        type: 'waiting',
        target: first?.target ?? region,
        for: "EC2's report of who uses its AMI",
        until,
      });
    },
  );
  if (!seen.ok) return seen;
  const open = seen.value.find(({ state }) => state !== 'available');
  if (!open && seen.value.length === ids.length) return okLookup(undefined);
  const { image = images[0], state = 'missing', why } = open ?? {};
  return failedLookup({
    code: 'ReportNotAvailable',
    message: `the report of who uses ${image} is ${state}${why === undefined ? '' : `: ${why}`}`,
    operation: 'ec2:DescribeImageUsageReports',
    region,
  });
}

/** Reports cost nothing, and EC2 deletes them after thirty days: one that cannot be deleted is a warning. */
async function deleteReports(
  region: string,
  amis: readonly PlannedAmi[],
  { clients, emit }: Context,
): Promise<void> {
  const images = amis.map(({ ami }) => ami);
  const found = await findUsageReports(clients, region, images, ownTag);
  const failures = found.ok ? [] : [found.error];
  for (const { id } of found.ok ? found.value : []) {
    const done = await deleteUsageReport(clients, region, id);
    if (!done.ok) failures.push(done.error);
  }
  const [first] = failures;
  if (first === undefined) return;
  const text = `reports of who uses AMIs could not be deleted, EC2 does that in 30 days: ${describeLookupError(first)}`;
  emit({ type: 'warning', text, region });
}
