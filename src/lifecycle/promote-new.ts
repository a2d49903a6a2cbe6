import type { Context } from '../aws/context.ts';
import { promotedAt } from '../model/lifecycle-tags.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Verdict } from '../observe/verify.ts';
import { lookUpParameters, wantedParameters } from '../parameters/look.ts';
import { bringAmis, type WantedAmi } from './bring-amis.ts';
import { lookUpStandings, type SeenStandings } from './look-up-standings.ts';
import { nextMoment, type Standing } from './standing.ts';

/**
 * Promotes a release that is complete for the first time: tags its AMIs, so that records follow it. One that was promoted before is
 * left where it stands; only AMIs that lack the tag get it, those of a region that was missing then, say.
 *
 * @param complete the targets that were last seen verified and shared exactly as configured.
 * @returns where it stands now; a target whose tag could not be written is unknown.
 */
export async function promoteNew(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  context: Context,
): Promise<SeenStandings> {
  const seen = await lookUpStandings(plan, context);
  const standings = await unlessNewerIsNamed(plan, complete, seen.standings, context);
  const at = nextMoment(seen.amis, context.clock.now());
  const marks = complete.flatMap(({ target, status }): WantedAmi[] => {
    const standing = standings.get(target.name);
    if (!('ami' in status) || (standing?.is !== 'first' && standing?.is !== 'promoted')) return [];
    if (standing.is === 'promoted' && promotedAt(status.ami.tags) !== undefined) return [];
    return [markOf(target, status.ami, standing.is === 'first' ? at : standing.at)];
  });
  // What was stopped is recorded all the same, as far as nothing speaks against it; the next run writes the tags.
  const tagged = context.stop.aborted ? [] : await bringAmis(marks, context);
  for (const { target, error } of tagged) {
    const before = standings.get(target);
    if (error) standings.set(target, { is: 'unknown', error });
    else if (before?.is === 'first') standings.set(target, { is: 'promoted', at });
  }
  return { ...seen, standings };
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

/** Releases from before promotions were tagged: a parameter that names a newer one speaks against this one. */
async function unlessNewerIsNamed(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  standings: ReadonlyMap<string, Standing>,
  context: Context,
): Promise<Map<string, Standing>> {
  const isFirst = (target: string) => standings.get(target)?.is === 'first';
  const wanted = wantedParameters(complete).filter(({ newest, target }) => newest && isFirst(target));
  const found = await lookUpParameters(plan, wanted, { takeOver: false }, context);
  const newer = found.find(({ status }) => status.state === 'newer');
  if (newer === undefined) return new Map(standings);
  const why = `${newer.wanted.name} in ${newer.wanted.region}: ${newer.status.why}; gopackgo promote ${plan.release} moves it`;
  return new Map(
    [...standings].map(([target, one]): [string, Standing] => [
      target,
      one.is === 'first' ? { is: 'kept', why } : one,
    ]),
  );
}
