import type { Context } from '../aws/context.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { Lookup } from '../model/lookup.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { findReleaseAmis } from '../observe/release-amis.ts';
import type { WantedParameter } from '../parameters/decide.ts';
import { type PromotionStatus, promotionStatusOf } from './promotion-status.ts';

/** The parts of a release that decide its promotion status. */
export type FollowedRelease = Pick<
  ReleasePlan,
  'publication' | 'release' | 'version' | 'candidate' | 'lifecycle'
> & {
  targets: readonly Pick<ReleasePlan['targets'][number], 'name' | 'region' | 'required'>[];
};

export interface SeenPromotionStatus {
  /** By target name. */
  promotionStatus: Map<string, PromotionStatus>;
  /** All AMIs found, of all releases of the publication. */
  amis: ReleaseAmi[];
}

/** Looks up the promotion status of a release at each of its targets. */
export async function lookUpPromotionStatus(
  of: FollowedRelease,
  context: Pick<Context, 'clients' | 'command'>,
): Promise<SeenPromotionStatus> {
  const regions = [...new Set(of.targets.map(({ region }) => region))];
  return promotionStatusIn(of, await findReleaseAmis(of.publication, regions, context), context.command);
}

/**
 * The same, from the AMIs of a publication by region. If the lookup of a required region failed, the status of every target is
 * unknown. Pure.
 */
export function promotionStatusIn(
  of: FollowedRelease,
  found: ReadonlyMap<string, Lookup<ReleaseAmi[]>>,
  command: AdvisedCommand,
): SeenPromotionStatus {
  const amis = [...found.values()].flatMap((lookup) => (lookup.ok ? lookup.value : []));
  const names = of.targets.map(({ name }) => name);
  const known = promotionStatusOf(of, names, amis, of.lifecycle?.promote !== false, command);
  const errorIn = (region: string) => {
    const lookup = found.get(region);
    return lookup?.ok === false ? lookup.error : undefined;
  };
  const required = of.targets.find((target) => target.required && errorIn(target.region));
  const promotionStatus = new Map(
    of.targets.map(({ name, region }): [string, PromotionStatus] => {
      const error = errorIn(required?.region ?? region);
      return [name, error ? { is: 'unknown', error } : (known.get(name) ?? { is: 'first' })];
    }),
  );
  return { promotionStatus, amis };
}

/** Adds to parameters that follow a release whether they should follow this one. */
export async function withPromotionStatus(
  of: FollowedRelease,
  wanted: readonly WantedParameter[],
  context: Pick<Context, 'clients' | 'command'>,
): Promise<WantedParameter[]> {
  if (!wanted.some(({ newest }) => newest)) return [...wanted];
  return following(wanted, (await lookUpPromotionStatus(of, context)).promotionStatus);
}

/** The same, with a known promotion status. Pure. */
export const following = (
  wanted: readonly WantedParameter[],
  promotionStatus: ReadonlyMap<string, PromotionStatus>,
): WantedParameter[] =>
  wanted.map((one) => {
    const promotion = one.newest ? promotionStatus.get(one.target) : undefined;
    return promotion === undefined || promotion.is === 'first' ? one : { ...one, follows: promotion };
  });

/**
 * Whether anything follows the promoted release: files, parameters without a version, the deprecation of the release before it,
 * or tags that name it. Pure.
 */
export const hasFollowers = ({ records = [], targets, lifecycle }: ReleasePlan): boolean =>
  records.length > 0 ||
  lifecycle?.supersededAfter !== undefined ||
  lifecycle?.sharedTags === true ||
  targets.some(({ parameters = [] }) => parameters.some(({ newest }) => newest));
