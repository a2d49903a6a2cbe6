import type { AdvisedCommand } from '../model/advised-command.ts';
import { isCandidate } from '../model/candidate.ts';
import { promotedAt, yankedBy } from '../model/lifecycle-tags.ts';
import type { LookupError } from '../model/lookup.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';

/**
 * The status of a release at one of its targets, for everything that follows the promoted release: files, and parameters
 * without a version. `promoted`: they name its AMI; `at` is the date in its AMI's tag, or the date to write if the tag is
 * missing. `first`: it was never promoted and nothing prevents it; publish promotes it. `kept`: they stay as they are.
 * `unknown`: the lookup failed.
 */
export type PromotionStatus =
  | { is: 'promoted'; at: number }
  | { is: 'first' }
  | { is: 'kept'; why: string }
  | { is: 'unknown'; error: LookupError };

/** A release; `candidate` as in its plan or config. */
interface AskedRelease {
  release: string;
  version: string;
  candidate?: true;
}

interface Mark {
  release: string;
  at: number;
}

/**
 * Whether records follow a release at each of these targets. Records follow the AMI of a target with the latest
 * `gopackgo:promoted` tag, so a rollback stays one, whatever is published again. Publish promotes a release that was never
 * promoted, unless another one was promoted after the first of its AMIs was created. Releases and candidates do not compete,
 * and yanked releases do not count. Pure.
 *
 * @param amis of all releases of the publication.
 * @param promotes the value of `promote` in the config.
 */
export function promotionStatusOf(
  { release, ...of }: AskedRelease,
  targets: readonly string[],
  amis: readonly ReleaseAmi[],
  promotes: boolean,
  command: AdvisedCommand,
): Map<string, PromotionStatus> {
  const promote = command('promote', release);
  const rivals = rivalsOf(of, amis);
  const own = rivals.filter((one) => one.release === release);
  const others = rivals.filter((one) => one.release !== release);
  const first = earliest(own.flatMap((one) => promotedAt(one.ami.tags) ?? []));
  const begun = earliest(own.map(({ ami }) => Date.parse(ami.created)));
  const latestOther = marksOf(others, targets).at(-1);
  const promotedAfter = (at: number | undefined) =>
    at !== undefined && latestOther !== undefined && latestOther.at > at ? latestOther : undefined;
  const overtaken = promotedAfter(begun === undefined ? undefined : begun + createdPrecision);
  // Another release was promoted since, so a new target does not follow this one alone.
  const since = promotedAfter(marksOf(own, targets).at(-1)?.at);
  return new Map(
    targets.map((target): [string, PromotionStatus] => {
      const mark = ownMark(own, target);
      const at = mark ?? (promotes ? first : undefined);
      const latest = marksOf(others, [target]).at(-1) ?? (mark === undefined ? since : undefined);
      if (at !== undefined) return [target, latest && latest.at > at ? kept(latest) : { is: 'promoted', at }];
      if (!promotes) return [target, { is: 'kept', why: `"promote" is false: ${promote} moves it` }];
      if (overtaken === undefined) return [target, { is: 'first' }];
      const why = `${overtaken.release} was promoted on ${dateOf(overtaken.at)}, after ${release} was started: ${promote} moves it`;
      return [target, { is: 'kept', why }];
    }),
  );
}

/**
 * The competing AMIs: those of candidates if the release is a candidate, otherwise those of releases. A version that differs
 * only in its numbers is of the same kind: a timestamp in it may look like a pre-release part. Pure.
 */
export function rivalsOf(
  { version, candidate }: Omit<AskedRelease, 'release'>,
  amis: readonly ReleaseAmi[],
): ReleaseAmi[] {
  const isOne = candidate === true;
  const form = (text: string) => text.replace(/\d+/g, '0');
  return amis.filter(
    (one) => (form(one.version) === form(version) ? isOne : isCandidate(one.version)) === isOne,
  );
}

/** EC2 gives the creation time of an AMI to the second. Milliseconds. */
const createdPrecision = 1000;

const kept = ({ release, at }: Mark): PromotionStatus => ({
  is: 'kept',
  why: `it follows ${release}, which was promoted on ${dateOf(at)}`,
});

/** `2026-11-30 15:20` */
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

const earliest = (moments: readonly number[]): number | undefined =>
  moments.length === 0 ? undefined : Math.min(...moments);

const ownMark = (own: readonly ReleaseAmi[], target: string): number | undefined =>
  marksOf(own, [target]).at(-1)?.at;

/** The promotions of AMIs of these targets that are not yanked, latest last. Pure. */
export function marksOf(amis: readonly ReleaseAmi[], targets: readonly string[]): Mark[] {
  return amis
    .flatMap(({ ami, release, target }): Mark[] => {
      const at = promotedAt(ami.tags);
      const counts = at !== undefined && targets.includes(target) && yankedBy(ami.tags) === undefined;
      return counts ? [{ release, at }] : [];
    })
    .toSorted((one, other) => one.at - other.at);
}

/** The time of a new promotion: later than all existing ones, whatever this machine's clock says. Pure. */
export const nextMoment = (amis: readonly ReleaseAmi[], now: number): number =>
  Math.max(now, ...amis.flatMap(({ ami }) => (promotedAt(ami.tags) ?? -1) + 1));
