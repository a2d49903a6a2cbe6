import type { Context } from '../aws/context.ts';
import type { Ami } from '../model/ami.ts';
import type { LifecycleOutcome } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import type { SeenPromotionStatus } from './look-up-promotion-status.ts';
import { supersedeAt, supersedes } from './promotion.ts';
import { rivalsOf } from './promotion-status.ts';
import { publishedState } from './published-state.ts';
import { endOfLife, sharedStatusAt, sharedTagsOf } from './shared-status.ts';
import { amiStep, type WantedOfRelease } from './steps.ts';

/**
 * Gives the AMIs of a published release the deprecation date, protection and shared tags of the config, and gives the release
 * promoted before it its deprecation date. Does not touch AMIs that are already as wanted.
 *
 * @param complete the targets last seen verified and shared exactly as configured.
 * @param seen the promotion status of the release; if it was not looked up, nothing is superseded.
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
            tags: ownSharedTags(plan, target.name, status.ami, seen),
          },
        ]
      : [],
  );
  const before = complete.flatMap((one) => replacedBy(plan, one, seen));
  const step = amiStep([...own, ...before], context.clock.now());
  return step.changes.length === 0 || context.stop.aborted ? [] : step.apply(context);
}

/** None if the promotion status is unknown. Pure. */
function ownSharedTags(
  { release, lifecycle = {}, sharing, ...of }: ReleasePlan,
  target: string,
  ami: Ami,
  seen: SeenPromotionStatus | undefined,
): NonNullable<WantedOfRelease['tags']> {
  const promotion = seen?.promotionStatus.get(target)?.is;
  const status =
    promotion === 'promoted'
      ? ({ is: 'current' } as const)
      : promotion === 'kept' && seen
        ? sharedStatusAt(release, target, rivalsOf(of, seen.amis))
        : undefined;
  if (lifecycle.sharedTags && status === undefined) return {};
  const ends = endOfLife(publishedState(lifecycle, ami), ami, sharing.public || ami.public);
  return sharedTagsOf(lifecycle, { release, ami }, status ?? { is: 'published' }, ends);
}

/** The AMI that was promoted before this release at a target. Pure. */
function replacedBy(
  { release, lifecycle = {}, ...of }: ReleasePlan,
  { target: { name } }: Verdict,
  seen: SeenPromotionStatus | undefined,
): WantedOfRelease[] {
  const promotion = seen?.promotionStatus.get(name);
  if (seen === undefined || promotion?.is !== 'promoted' || !supersedes(lifecycle)) return [];
  return supersedeAt(name, release, { rivals: rivalsOf(of, seen.amis), lifecycle, at: promotion.at });
}
