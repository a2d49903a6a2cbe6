import type { Context } from '../aws/context.ts';
import type { LifecycleOutcome } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import type { SeenPromotionStatus } from './look-up-promotion-status.ts';
import { supersedeAt } from './promotion.ts';
import { rivalsOf } from './promotion-status.ts';
import { publishedState } from './published-state.ts';
import { amiStep, type WantedOfRelease } from './steps.ts';

/**
 * Has the AMIs of a published release the deprecation date and the protection that the config says, and gives its date to what was
 * promoted before it. What is so already is not touched.
 *
 * @param complete the targets that were last seen verified and shared exactly as configured.
 * @param seen where the release stands; nothing is superseded where that was not looked up.
 */
export async function keepPublished(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  seen: SeenPromotionStatus | undefined,
  context: Context,
): Promise<LifecycleOutcome[]> {
  const { lifecycle } = plan;
  if (lifecycle === undefined) return [];
  const own = complete.flatMap(({ target, status }): WantedOfRelease[] =>
    'ami' in status
      ? [
          {
            region: target.region,
            target: target.name,
            release: plan.release,
            ami: status.ami,
            ...publishedState(lifecycle, status.ami),
          },
        ]
      : [],
  );
  const before =
    lifecycle.supersededAfter === undefined ? [] : complete.flatMap((one) => replacedBy(plan, one, seen));
  const step = amiStep([...own, ...before], context.clock.now());
  return step.changes.length === 0 || context.stop.aborted ? [] : step.apply(context);
}

/** The AMI that was promoted before at a target where this release is now. Pure. */
function replacedBy(
  { release, lifecycle = {}, ...of }: ReleasePlan,
  { target: { name } }: Verdict,
  seen: SeenPromotionStatus | undefined,
): WantedOfRelease[] {
  const promotion = seen?.promotionStatus.get(name);
  if (seen === undefined || promotion?.is !== 'promoted') return [];
  return supersedeAt(name, release, { rivals: rivalsOf(of, seen.amis), lifecycle, at: promotion.at });
}
