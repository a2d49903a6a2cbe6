import type { Permission } from '../aws/permission.ts';
import type { Plan } from '../plan/plan.ts';
import type { ChangeOfPermission } from './permissions.ts';
import type { ShareFailure } from './share.ts';
import { agrees, isVerified, ofTargets, openPermissions, type Verdict, verify } from './verify.ts';
import type { World } from './world.ts';

/**
 * How long AWS may show what was before a change that it took: "Eventual consistency in the Amazon EC2 API" names no
 * limit, and tells of minutes. Milliseconds.
 */
const readBackLimit = 5 * 60_000;
const betweenLooks = 5_000;

/**
 * Look at everything again after permissions were changed, until what AWS shows is what the plan says. What
 * still differs in the end is a failure that says in what; nothing is changed a second time.
 *
 * @param shared the targets whose permissions were to be changed.
 * @param failures of these changes; what failed is not waited for.
 * @returns verdicts of all targets, and all failures.
 */
export async function readBack(
  plan: Plan,
  shared: readonly Verdict[],
  failures: readonly ShareFailure[],
  world: World,
): Promise<{ verdicts: Verdict[]; failures: ShareFailure[] }> {
  const failed = new Set(failures.map(({ target }) => target));
  const awaited = shared.map(({ target }) => target).filter(({ name }) => !failed.has(name));
  const until = world.clock.now() + readBackLimit;
  let verdicts = await verify(plan, plan.targets, world, 'one look');
  for (;;) {
    const open = ofTargets(verdicts, awaited).filter((verdict) => !agrees(verdict, plan));
    if (open.length === 0 || world.stop.aborted) return { verdicts, failures: [...failures] };
    if (world.clock.now() >= until) {
      return { verdicts, failures: [...failures, ...open.flatMap((verdict) => stillDiffers(verdict, plan))] };
    }
    for (const { target } of open) {
      world.emit({ type: 'waiting', target: target.name, for: 'AWS to show its new permissions' });
    }
    await world.clock.sleep(betweenLooks, world.stop);
    const targets = open.map(({ target }) => target);
    const again = await verify(plan, targets, world, 'one look');
    verdicts = verdicts.map((verdict) => ofTargets(again, [verdict.target])[0] ?? verdict);
  }
}

/** One that is not verified any more says itself what is wrong with it. */
function stillDiffers(verdict: Verdict, plan: Plan): ShareFailure[] {
  if (!isVerified(verdict.standing)) return [];
  return (openPermissions(verdict, plan) ?? []).map((change) => ({
    target: verdict.target.name,
    id: change.id,
    error: {
      code: 'NotSeen',
      message: `AWS took the change, and ${readBackLimit / 60_000} minutes later still shows ${differences(change)}`,
      operation: change.kind === 'AMI' ? 'ec2:DescribeImageAttribute' : 'ec2:DescribeSnapshotAttribute',
      region: verdict.target.region,
    },
  }));
}

const differences = ({ change: { add, remove } }: ChangeOfPermission): string =>
  [
    ...named(add).map((who) => `it not shared with ${who}`),
    ...named(remove).map((who) => `it shared with ${who}`),
  ].join(', ');

const named = ({ public: everybody, accounts, others }: Permission): string[] => [
  ...(everybody ? ['everybody'] : []),
  ...accounts,
  ...others,
];
