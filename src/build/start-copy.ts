import { hasFailed } from '../aws/ami-states.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { copyImage } from '../aws/copies.ts';
import { findImages } from '../aws/images.ts';
import { findSnapshots } from '../aws/snapshots.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { isTransientCode } from '../lib/transient-errors.ts';
import type { Ami } from '../model/ami.ts';
import type { BuildFailure } from '../model/builds.ts';
import { describeLookupError, type LookupError } from '../model/lookup.ts';
import { partsTags } from '../model/recipe-parts.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { ownTags, tagKeys } from '../model/resource-names.ts';
import { withoutSharedTags } from '../model/shared-tags.ts';
import { isExistingAmi } from '../observe/ami-exists.ts';
import type { CopyPlaces } from './copy-places.ts';
import { copyToken } from './copy-token.ts';

/** What a run knows about the failed copies of a target. */
export interface EarlierCopies {
  /** Ids of copies that failed or are gone, and tokens of copies whose ids are unknown. */
  dead: Set<string>;
}

/** The result of starting a copy. `nothing`: nothing new is started any more. */
export type Started = { ami: string } | { failure: BuildFailure } | 'nothing';

/** EC2 shows a new AMI everywhere by then, so one that it does not show is gone. Milliseconds. */
const shownWithin = 120_000;
const betweenLooks = 2_000;

/** Failed copies of one source to one target. If there are more, somebody is deleting them. */
const copiesAtMost = 20;

/**
 * Starts the copy of a target, or finds the copy that the same request started before, here or on another machine. A copy that
 * no longer exists is replaced by the next one.
 */
export async function startCopy(
  plan: ReleasePlan,
  target: Target,
  source: Ami,
  earlier: EarlierCopies,
  places: CopyPlaces,
  context: Context,
): Promise<Started> {
  const { clients, emit, stop } = context;
  const tags = await tagsOfCopy(plan, target, source, context);
  if ('failure' in tags) return tags;
  let replaces: string | undefined;
  for (let copies = 0; copies < copiesAtMost; copies++) {
    const token = copyToken(plan, target, source.id, replaces);
    if (earlier.dead.has(token)) {
      replaces = token;
      continue;
    }
    const order = {
      region: target.region,
      name: target.amiName,
      source: source.id,
      sourceRegion: source.region,
      token,
      ...tags,
      ...definedOnly({
        description: source.description,
        encryption: target.encryption,
        within: target.copy?.within,
      }),
    };
    const begun = await places.start(
      { region: target.region, snapshots: source.snapshots.length },
      () => copyImage(clients, order),
      () =>
        emit({
          type: 'waiting',
          target: target.name,
          for: `a free slot for its snapshots among the copies to ${target.region}`,
        }),
    );
    if (begun === undefined) return 'nothing';
    const id = begun.ok ? begun.value : token;
    if (!begun.ok && begun.error.code !== 'IdempotentParameterMismatch')
      return { failure: refusal(begun.error) };
    if (earlier.dead.has(id)) {
      replaces = id;
      continue;
    }
    const seen = await isThere(target, begun.ok ? { id } : { name: target.amiName }, context);
    if (seen === undefined) return 'nothing';
    if (typeof seen === 'object') return { failure: refusal(seen) };
    if (seen) return { ami: id };
    if (stop.aborted) return 'nothing';
    earlier.dead.add(id);
    replaces = id;
  }
  const message = `not copied: ${copiesAtMost} copies of ${source.id} were made before, and none of them exists any more`;
  return { failure: { kind: 'other', message } };
}

/**
 * Whether a copy that was just requested exists, failed or not: EC2 may show it late, or it may have been deregistered long
 * ago.
 */
async function isThere(
  { region }: Target,
  which: { id: string } | { name: string },
  { clients, clock, stop, ...context }: Context,
): Promise<boolean | LookupError | undefined> {
  const until = clock.now() + consistencyPause(context, shownWithin);
  for (;;) {
    const query = 'id' in which ? { ids: [which.id] } : { names: [which.name] };
    const found = await findImages(clients, region, { owner: 'self', ...query });
    if (!found.ok) return found.error;
    if (found.value.some((ami) => isExistingAmi(ami) || hasFailed(ami))) return true;
    if (found.value.length > 0 && 'id' in which) return false;
    if (clock.now() >= until) return false;
    if (stop.aborted) return undefined;
    await clock.sleep(consistencyPause(context, betweenLooks), stop);
  }
}

const refusal = (error: LookupError): BuildFailure => ({
  kind: isTransientCode(error.code) ? 'transient' : 'other',
  message: `not copied: ${describeLookupError(error)}`,
  failedCall: error,
});

/**
 * The tags of a copy and its snapshots: its source's tags, which CopyImage takes over for the AMI only, with our own tags
 * replaced. They are part of the request, so that the copy is never untagged and tag policies are met.
 */
async function tagsOfCopy(
  plan: ReleasePlan,
  target: Target,
  source: Ami,
  { clients }: Context,
): Promise<
  { imageTags: Record<string, string>; snapshotTags: Record<string, string> } | { failure: BuildFailure }
> {
  const found = await findSnapshots(clients, source.region, { ids: source.snapshots });
  if (!found.ok) return { failure: refusal(found.error) };
  // A copy belongs to the commit that its source was built from, whatever is checked out now.
  const { [tagKeys.commit]: commit } = source.tags;
  const own = { ...ownTags({ ...plan, ...definedOnly({ commit }) }, target), [tagKeys.source]: source.id };
  const [first, ...others] = found.value.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const common = Object.entries(first?.tags ?? {}).filter(([key, value]) =>
    others.every(({ tags }) => tags[key] === value),
  );
  return {
    imageTags: { ...usersTags(Object.entries(withoutSharedTags(source.tags))), ...own, ...partsTags(target) },
    snapshotTags: { ...usersTags(common), ...own },
  };
}

/** Tags that start with `aws:` are AWS's own. */
const usersTags = (tags: readonly [string, string][]): Record<string, string> =>
  Object.fromEntries(tags.filter(([key]) => !key.startsWith('aws:') && !key.startsWith('gopackgo:')));
