import type { Context } from '../aws/context.ts';
import { poll } from '../lib/poll.ts';
import type { Permission } from '../model/permission.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { lookAtSharing } from '../observe/look-at-sharing.ts';
import type { ChangeOfPermission } from '../observe/permission-changes.ts';
import { agrees, isVerified, ofTargets, openPermissions, type Verdict } from '../observe/verify.ts';
import { revokedAccess } from './revoked-access.ts';
import { type ShareFailure, share } from './share.ts';

/**
 * How long AWS may show the old state after it accepted a change: "Eventual consistency in the Amazon EC2 API" gives no limit
 * and speaks of minutes. Milliseconds.
 */
const readBackLimit = 5 * 60_000;

/**
 * Looks up every verified target's AMI and its permissions again after permissions were changed, until AWS shows what the plan
 * says. Any remaining difference is a failure that describes it. Nothing is changed a second time, with one exception: if the
 * permissions of an AMI that this run created were not looked up before, the first lookup revokes any access that others got in
 * the meantime.
 *
 * @param before verdicts of all targets.
 * @param shared the targets whose permissions were to be changed.
 * @param failures of these changes, which are not waited for.
 * @returns verdicts of all targets, and all failures.
 */
export async function readBack(
  plan: ReleasePlan,
  before: readonly Verdict[],
  shared: readonly Verdict[],
  failures: readonly ShareFailure[],
  context: Context,
): Promise<{ verdicts: Verdict[]; failures: ShareFailure[] }> {
  const failed = new Set(failures.map(({ target }) => target));
  const awaited = shared.map(({ target }) => target).filter(({ name }) => !failed.has(name));
  const { clock, emit, stop } = context;
  const unread = new Set(shared.filter(isAsMade).map(({ target }) => target.name));
  const later: ShareFailure[] = [];
  let verdicts = before;
  let open: readonly Target[] = before.filter(({ status }) => isVerified(status)).map(({ target }) => target);
  const lookup = async () => {
    const again = await lookAtSharing(plan, ofTargets(verdicts, open), context);
    verdicts = plan.targets.flatMap((target) => ofTargets([...again, ...verdicts], [target]).slice(0, 1));
    open = awaited.filter((target) =>
      ofTargets(verdicts, [target]).some((verdict) => !agrees(verdict, plan)),
    );
    const read = again.filter(
      (verdict) => unread.has(verdict.target.name) && openPermissions(verdict, plan) !== undefined,
    );
    for (const { target } of read) unread.delete(target.name);
    const tooOpen = read.filter((verdict) => revokedAccess(verdict, plan) !== undefined);
    if (tooOpen.length > 0) later.push(...(await share(plan, tooOpen, context)));
  };
  await poll(
    { clock, every: 5_000, within: readBackLimit, stop },
    lookup,
    () => open.length === 0,
    () => {
      for (const { name } of open)
        emit({ type: 'waiting', target: name, for: 'AWS to show its new permissions' });
    },
  );
  const differing = stop.aborted ? [] : ofTargets(verdicts, open);
  return {
    verdicts: [...verdicts],
    failures: [...failures, ...later, ...differing.flatMap((verdict) => differenceFailures(verdict, plan))],
  };
}

const isAsMade = ({ sighting: { images } }: Verdict): boolean =>
  images.ok && images.value.some(({ details }) => details?.ok && details.value.asMade);

/** For a target that is no longer verified, its status says why. */
function differenceFailures(verdict: Verdict, plan: ReleasePlan): ShareFailure[] {
  if (!isVerified(verdict.status)) return [];
  return (openPermissions(verdict, plan) ?? []).map((change) => ({
    target: verdict.target.name,
    id: change.id,
    error: {
      code: 'NotSeen',
      message: `AWS accepted the change, but ${readBackLimit / 60_000} minutes later still shows ${describeDifference(change)}`,
      operation: change.kind === 'AMI' ? 'ec2:DescribeImageAttribute' : 'ec2:DescribeSnapshotAttribute',
      region: verdict.target.region,
    },
  }));
}

const describeDifference = ({ change: { add, remove } }: ChangeOfPermission): string =>
  [
    ...audienceNames(add).map((who) => `it as not shared with ${who}`),
    ...audienceNames(remove).map((who) => `it as shared with ${who}`),
  ].join(', ');

const audienceNames = ({ public: everybody, accounts, others }: Permission): string[] => [
  ...(everybody ? ['everybody'] : []),
  ...accounts,
  ...others,
];
