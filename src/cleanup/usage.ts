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

/** The plan without AMIs that other accounts use: they are kept, and the reason names those accounts. Pure. */
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

/** The users of AMIs, by AMI. AMIs that nobody else uses are missing. */
export type Usage = ReadonlyMap<string, readonly AmiUse[]>;

/** AWS does not document how long EC2 takes for a report. Milliseconds. */
const reportLimit = 30 * 60_000;
const betweenLooks = 5_000;

/** Calls at once in one region. */
const callsAtOnce = 4;

/** A report with this tag was created by gopackgo, in this run or in one that was killed. */
const ownTag = tagKeys.release;

/**
 * Asks EC2 which other accounts use AMIs: creates a report for each AMI, waits until all are finished, and deletes them,
 * including those that a killed run left. If a report fails or is not finished in time, the whole answer is an error, and the
 * users of every AMI are unknown.
 *
 * @param account the owner; its own use is looked up without a report.
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

/** Waits until every report is finished; retries failed lookups while there is time. */
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

/** Reports cost nothing, and EC2 deletes them after thirty days, so a failed deletion is only a warning. */
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
  const text = `AMI usage reports could not be deleted; EC2 deletes them after 30 days: ${describeLookupError(first)}`;
  emit({ type: 'warning', text, region });
}
