import type { Context } from '../aws/context.ts';
import { promotedAt } from '../model/lifecycle-tags.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Verdict } from '../observe/verify.ts';
import { lookUpParameters, wantedParameters } from '../parameters/look.ts';
import { bringAmis, type WantedAmi } from './bring-amis.ts';
import { lookUpPromotionStatus, type SeenPromotionStatus } from './look-up-promotion-status.ts';
import { nextMoment, type PromotionStatus } from './promotion-status.ts';

/**
 * Promotes a release that is complete for the first time: tags its AMIs, so that records follow it. A release that was promoted
 * before keeps its status; only AMIs without the tag get it, for example in a region that was missing then.
 *
 * @param complete the targets last seen verified and shared exactly as configured.
 * @returns its promotion status now; unknown for a target whose tag could not be written.
 */
export async function promoteNew(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  context: Context,
): Promise<SeenPromotionStatus> {
  const seen = await lookUpPromotionStatus(plan, context);
  const promotionStatus = await unlessNewerIsNamed(plan, complete, seen.promotionStatus, context);
  const at = nextMoment(seen.amis, context.clock.now());
  const marks = complete.flatMap(({ target, status }): WantedAmi[] => {
    const promotion = promotionStatus.get(target.name);
    if (!('ami' in status) || (promotion?.is !== 'first' && promotion?.is !== 'promoted')) return [];
    if (promotion.is === 'promoted' && promotedAt(status.ami.tags) !== undefined) return [];
    return [markOf(target, status.ami, promotion.is === 'first' ? at : promotion.at)];
  });
  // A stopped run still records the release where nothing forbids it; the next run writes the tags.
  const tagged = context.stop.aborted ? [] : await bringAmis(marks, context);
  for (const { target, error } of tagged) {
    const before = promotionStatus.get(target);
    if (error) promotionStatus.set(target, { is: 'unknown', error });
    else if (before?.is === 'first') promotionStatus.set(target, { is: 'promoted', at });
  }
  return { ...seen, promotionStatus };
}

export const markOf = (
  { name, region }: { name: string; region: string },
  ami: WantedAmi['ami'],
  at: number,
): WantedAmi => ({
  region,
  target: name,
  ami,
  tags: { [tagKeys.promoted]: new Date(at).toISOString() },
});

/** For releases older than the promotion tag: a parameter that names a newer release prevents the promotion of this one. */
async function unlessNewerIsNamed(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  promotionStatus: ReadonlyMap<string, PromotionStatus>,
  context: Context,
): Promise<Map<string, PromotionStatus>> {
  const isFirst = (target: string) => promotionStatus.get(target)?.is === 'first';
  const wanted = wantedParameters(complete).filter(({ newest, target }) => newest && isFirst(target));
  const found = await lookUpParameters(plan, wanted, { takeOver: false }, context);
  const newer = found.find(({ status }) => status.state === 'newer');
  if (newer === undefined) return new Map(promotionStatus);
  const why = `${newer.wanted.name} in ${newer.wanted.region}: ${newer.status.why}; ${context.command('promote', plan.release)} moves it`;
  return new Map(
    [...promotionStatus].map(([target, one]): [string, PromotionStatus] => [
      target,
      one.is === 'first' ? { is: 'kept', why } : one,
    ]),
  );
}
