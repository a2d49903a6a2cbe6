import type { Context } from '../aws/context.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { lookAtAmis } from './look-at-amis.ts';
import { statusOf } from './status.ts';
import type { Verdict } from './verify.ts';

/** Verified targets, with everything that sharing changes looked up again: their AMIs, snapshots and permissions. */
export async function lookAtSharing(
  plan: ReleasePlan,
  before: readonly Verdict[],
  context: Context,
): Promise<Verdict[]> {
  const again = await lookAtAmis(
    plan,
    before.map(({ sighting }) => sighting),
    context,
    'seen once',
  );
  const { clock, timeouts } = context;
  return again.map((sighting) => ({
    target: sighting.target,
    sighting,
    status: statusOf(sighting.target, sighting, plan.sharing, clock.now(), timeouts),
  }));
}
