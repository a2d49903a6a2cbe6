import { inDays } from '../lib/days.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import type { Ami } from '../model/ami.ts';
import { saidOfRelease, yankedBy } from '../model/lifecycle-tags.ts';
import type { Change } from '../model/plan-output.ts';
import { parsePublishedTag } from '../model/published.ts';
import { changesBetween, changesByTag, describeChanges, type PartChange } from '../model/recipe-parts.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { baseTag, tagKeys } from '../model/resource-names.ts';

/** The newest published release of a publication, according to the tags of its AMIs. */
export interface PublishedRelease {
  /** `web@1.2.0` */
  release: string;
  version: string;
  /** ISO 8601. */
  at: string;
  /** Why it was withdrawn; absent if it was not. */
  yanked?: string;
  /** Its AMIs by target. */
  amis: ReadonlyMap<string, Ami>;
}

/**
 * The newest published release among all AMIs of a publication; undefined if there is none. A yanked one counts, so that the
 * same sources are not built again. Pure.
 *
 * @param candidates whether candidates count.
 */
export function newestPublished(
  amis: readonly ReleaseAmi[],
  { candidates }: { candidates: boolean },
): PublishedRelease | undefined {
  const marked = amis.flatMap((one) => {
    const published = parsePublishedTag(one.ami.tags[tagKeys.published]);
    if (!published || (published.candidate && !candidates)) return [];
    return [{ ...one, at: published.at }];
  });
  const [newest] = marked.toSorted(
    (one, other) => other.at.localeCompare(one.at) || other.release.localeCompare(one.release),
  );
  if (!newest) return undefined;
  const own = marked.filter(({ release }) => release === newest.release);
  const yanked = saidOfRelease(own, yankedBy)?.reason;
  return {
    release: newest.release,
    version: newest.version,
    at: own.map(({ at }) => at).sort()[0] ?? newest.at,
    ...(yanked === undefined ? {} : { yanked }),
    amis: new Map(own.map(({ target, ami }) => [target, ami])),
  };
}

/**
 * Reasons for a new release: an AMI that the published one lacks, another base image, another recipe, its age. Pure.
 *
 * @param plan the plan of the published release with the current config and the current base images.
 * @param maxAge milliseconds.
 * @param before the plan of that release, if this machine has it: it contains the old values.
 */
export function changesSince(
  published: PublishedRelease,
  plan: ReleasePlan,
  { maxAge, now, before }: { maxAge?: number; now: Date; before?: Pick<ReleasePlan, 'targets'> },
): Change[] {
  const ofTargets = plan.targets.flatMap((target) =>
    changesOf(
      target,
      published.amis.get(target.name),
      published.release,
      before?.targets.find(({ name }) => name === target.name),
    ),
  );
  const grouped = groupMessages(ofTargets).map(({ first, others }): Change => {
    const { is, was, now: then, text, parts } = first;
    const more = sameForOthers(others);
    const isSame = others.every((one) => one.was === was && one.now === then);
    return {
      is,
      text: `${first.name}: ${text}${more === undefined ? '' : ` (${more})`}`,
      targets: [first.name, ...others.map(({ name }) => name)],
      ...(isSame ? definedOnly({ was, now: then }) : {}),
      ...definedOnly({ parts }),
    };
  });
  const age = now.getTime() - Date.parse(published.at);
  const isOld = maxAge !== undefined && published.yanked === undefined && age > maxAge;
  const old: Change = {
    is: 'age',
    text: `${published.release} was published on ${published.at.slice(0, 10)}, ${inDays(age)} ago; --max-age is ${inDays(maxAge ?? 0)}`,
  };
  return [...grouped, ...(isOld ? [old] : [])];
}

type Of = Omit<Change, 'targets'> & Pick<Target, 'name' | 'region'>;

function changesOf(target: Target, ami: Ami | undefined, release: string, before: Target | undefined): Of[] {
  const { name, region, required } = target;
  // AMIs missing in a best-effort region were tried, and a run of that release will try them again.
  if (!ami) return required ? [{ name, region, is: 'target', text: `it is not part of ${release}` }] : [];
  const [was = 'unknown', now] = [ami.tags[tagKeys.base], baseTag(target.base)];
  const [old = 'unknown', is] = [ami.tags[tagKeys.recipe], target.recipe];
  if (old === is) return [];
  const isNewBase = was !== now;
  const parts = changedParts(target, ami, before).filter(({ part }) => !isNewBase || part !== 'base image');
  const ofBase: Of = { name, region, is: 'base', text: `base image: was ${was}, is ${now}`, was, now };
  const said = parts.length === 0 ? '' : `: ${describeChanges(parts)}`;
  const known = parts.length === 0 ? {} : { parts };
  const ofRecipe: Of = {
    name,
    region,
    is: 'recipe',
    text: `its recipe changed${said}`,
    was: old,
    now: is,
    ...known,
  };
  return [...(isNewBase ? [ofBase] : []), ...(!isNewBase || parts.length > 0 ? [ofRecipe] : [])];
}

/**
 * The differences in the recipe: with old values from the plan that the AMI was built from, otherwise from the digests in its
 * tag.
 */
function changedParts(target: Target, { tags }: Ami, before: Target | undefined): PartChange[] {
  const then = before?.recipe === tags[tagKeys.recipe] ? before : undefined;
  return then ? changesBetween(then, target) : changesByTag(target.parts ?? {}, tags[tagKeys.parts]);
}
