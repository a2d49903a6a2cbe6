import { writeTags } from '../aws/build-resources.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { Ami } from '../model/ami.ts';
import { describeLookupError, type Lookup, okLookup } from '../model/lookup.ts';
import { parsePublishedTag, publishedTag } from '../model/published.ts';
import { partsTags } from '../model/recipe-parts.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Verdict } from '../observe/verify.ts';

/** AWS shows a new tag everywhere within this many lookups, two seconds apart. */
const looksAtMost = 60;
const betweenLooks = 2_000;

/**
 * Marks the AMIs of a release as published once every required target is complete; AWS itself does not tell whether a release
 * is complete. Other publications find their base images by this tag, and `--if-changed` finds the release to compare with. All
 * AMIs of a release have the time of the first ones, including those that a later run adds. Waits until AWS shows the tag,
 * since a publication based on this one may be published next; also after Ctrl-C, when nothing else is left to do. A failure is
 * a warning: the same command writes missing tags.
 *
 * @param complete the targets last seen verified and shared exactly as configured.
 */
export async function markPublished(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  context: Context,
): Promise<void> {
  const finished = new Set(complete.map(({ target }) => target.name));
  if (plan.targets.some(({ name, required }) => required && !finished.has(name))) return;
  const made = complete.flatMap(({ target, status }) =>
    'ami' in status ? [{ target, ami: status.ami }] : [],
  );
  const amis = made.map(({ ami }) => ami);
  const unmarked = made.filter(({ ami }) => !isMarked(ami));
  if (unmarked.length === 0) return;
  const earlier = amis.flatMap(({ tags }) => parsePublishedTag(tags[tagKeys.published])?.at ?? []);
  const at = earlier.sort()[0] ?? new Date(context.clock.now()).toISOString();
  const value = publishedTag({ at, candidate: plan.candidate ?? false });
  const groups = Map.groupBy(unmarked, (one) => JSON.stringify([one.target.region, missingParts(one)]));
  const written = await Promise.all(
    [...groups.values()].map((some) => {
      const [first] = some;
      if (!first) return okLookup(undefined);
      const tags = { [tagKeys.published]: value, ...missingParts(first) };
      return markIn(
        first.target.region,
        some.map(({ ami }) => ami),
        tags,
        context,
      );
    }),
  );
  const [failed] = written.filter((one) => !one.ok);
  if (!failed || failed.ok) return;
  context.emit({
    type: 'warning',
    text:
      `${plan.release}: its AMIs could not be marked as published: ${describeLookupError(failed.error)}. Publications that ` +
      'start from it, and --if-changed, do not count it as published until you run the same command again.',
  });
}

/** The recipe digests that an AMI of this recipe lacks: it was adopted, or built before AMIs got them from the start. */
const missingParts = ({ target, ami: { tags } }: { target: Target; ami: Ami }): Record<string, string> =>
  tags[tagKeys.parts] === undefined && tags[tagKeys.recipe] === target.recipe ? partsTags(target) : {};

const isMarked = ({ tags }: Pick<Ami, 'tags'>): boolean =>
  parsePublishedTag(tags[tagKeys.published]) !== undefined;

async function markIn(
  region: string,
  amis: readonly Ami[],
  tags: Record<string, string>,
  context: Context,
): Promise<Lookup<void>> {
  const { clients, clock, stop } = context;
  const ids = amis.map(({ id }) => id);
  const written = await writeTags(clients, region, ids, tags);
  if (!written.ok) return written;
  const seen = await poll(
    { clock, every: consistencyPause(context, betweenLooks), tries: looksAtMost, stop },
    () => findImages(clients, region, { owner: 'self', ids }),
    (lookup) => !lookup.ok || ids.every((id) => lookup.value.some((ami) => ami.id === id && isMarked(ami))),
  );
  return seen.ok ? okLookup(undefined) : seen;
}
