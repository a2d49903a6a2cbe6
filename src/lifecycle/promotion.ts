import type { Context } from '../aws/context.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { day } from '../lib/days.ts';
import type { Problem } from '../lib/problem.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import { type Ami, commandToEnable } from '../model/ami.ts';
import type { LifecyclePlan } from '../model/events.ts';
import type { Lifecycle } from '../model/lifecycle.ts';
import {
  promotedAt,
  retiredBy,
  retiredWords,
  saidOfRelease,
  supersededAt,
  yankedBy,
  yankedWords,
} from '../model/lifecycle-tags.ts';
import { describeLookupError, type Lookup, type LookupError } from '../model/lookup.ts';
import type { Publication, Sharing } from '../model/publication.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { WantedParameter } from '../parameters/decide.ts';
import { lookUpParameters, type SeenParameter } from '../parameters/look.ts';
import { refusalForParameters } from '../parameters/taken.ts';
import { parametersOf } from '../plan/parameters.ts';
import type { Destination } from '../record/record.ts';
import { publicLimit } from './ami-changes.ts';
import { marksOf, nextMoment, rivalsOf } from './promotion-status.ts';
import { deprecationState } from './published-state.ts';
import {
  type ConfiguredTarget,
  isReady,
  lookAtTargets,
  type SeenTarget,
  whyNotReady,
} from './ready-targets.ts';
import { recordedByTags } from './recorded-by-tags.ts';
import { endOfLife, sharedTagsOf } from './shared-status.ts';
import { amiStep, fileStep, parameterStep, type Step, type WantedOfRelease } from './steps.ts';

/** A release that records should follow. */
export interface PromotedRelease {
  /** Its config, with the release's version. */
  publication: Publication;
  release: string;
  account: string;
  sharing: Sharing;
  /** The requested targets. */
  targets: readonly ConfiguredTarget[];
  recordTo: readonly Destination[];
  takeOver: boolean;
  /** Milliseconds since 1970; earlier promotions do not count. */
  since?: number;
}

/** The steps that promote a release. */
export interface Promotion {
  release: string;
  /** Its tag, and the records. */
  steps: Step[];
  /** The changes to the releases that it replaces; runs last. */
  superseding: Step;
  /** The targets at which records follow it. */
  targets: string[];
  /** The releases that were promoted before at some of its targets. */
  replaces: string[];
  skipped: LifecyclePlan['skipped'];
  warnings: string[];
}

/** The AMIs of a publication, by region. */
export type FoundAmis = ReadonlyMap<string, Lookup<ReleaseAmi[]>>;

/**
 * The changes that make records follow a release: the tag of its AMIs, files, parameters without a version, and the deprecation
 * of the release before it. Changes nothing.
 *
 * @throws ActionableError (4) if the release is withdrawn, a required target is not verified and shared, a parameter belongs to
 * someone else, or a file has the wrong format; (1) if a lookup failed.
 */
export async function planPromotion(
  of: PromotedRelease,
  found: FoundAmis,
  context: Context,
): Promise<Promotion> {
  const { publication, release, account, takeOver } = of;
  const all = allOf(found);
  refuseYanked(release, all, context.command);
  refuseRetired(release, all, context.command);
  const seen = await lookAtTargets(of, of.targets, found, context);
  const ready = seen.filter(isReady);
  refuseUnready(release, seen, ready, context.command);
  const rivals = rivalsOf(publication, all);
  const at = momentOf(of, ready, rivals, context.clock.now());
  const own = ready.flatMap((one) => promotedState(of, one, rivals, at));
  const before = ready.flatMap((one) => supersededState(of, one, rivals, at));
  const wanted = ready.flatMap((one) => followingParameters(publication, one));
  const parameters = await lookUpParameters(
    { publication: publication.name, release },
    wanted,
    { takeOver },
    context,
  );
  refuseParameters(parameters);
  const listed = {
    publication: publication.name,
    targets: ready.map(({ target }) => ({ ...target, image: target.image.name })),
  };
  const recorded = ready.flatMap(({ seen: one }) =>
    one ? [recordedByTags({ publication: publication.name, account }, one)] : [],
  );
  const now = context.clock.now();
  const files: Step[] = [];
  for (const to of of.recordTo) files.push(await fileStep(listed, recorded, to));
  return {
    release,
    steps: [
      amiStep(own, now),
      ...files,
      parameterStep({ publication: publication.name, release }, parameters, { takeOver }),
    ],
    superseding: amiStep(before, now),
    targets: ready.map(({ target }) => target.name),
    replaces: [
      ...new Set(
        [...own, ...before].flatMap((one) => (one.release === release ? (one.before ?? []) : one.release)),
      ),
    ],
    skipped: seen
      .filter((one) => !isReady(one))
      .map((one) => ({ target: one.target.name, region: one.target.region, why: whyNotReady(one) })),
    warnings: deprecationWarnings(
      release,
      // In their future state: no warning about a date that the promotion removes.
      own.map(({ ami, deprecated }) =>
        deprecated === undefined ? ami : { ...ami, deprecated: deprecated ?? undefined },
      ),
      now,
    ),
  };
}

export const allOf = (found: FoundAmis): ReleaseAmi[] =>
  [...found.values()].flatMap((lookup) => (lookup.ok ? lookup.value : []));

/** If one AMI says that its release was withdrawn, it was, wherever a run was killed. */
function refuseYanked(release: string, amis: readonly ReleaseAmi[], command: AdvisedCommand): void {
  const yanked = saidOfRelease(
    amis.filter((one) => one.release === release),
    yankedBy,
  );
  if (yanked === undefined) return;
  throw new ActionableError('release-yanked', {
    place: release,
    expected: 'a release that was not withdrawn',
    found: `one that was yanked ${yankedWords(yanked)}`,
    advice: `${command('yank', release, '--undo')} undoes that.`,
  });
}

/** Cleanup may have retired only some of its AMIs: the release is incomplete then. */
export function refuseRetired(release: string, amis: readonly ReleaseAmi[], command: AdvisedCommand): void {
  const retired = saidOfRelease(
    amis.filter((one) => one.release === release),
    retiredBy,
  );
  if (retired === undefined) return;
  throw new ActionableError('release-retired', {
    place: release,
    expected: 'a release that was not retired',
    found: `cleanup retired it${retiredWords(retired)}`,
    advice: `${command('cleanup', release, '--restore')} undoes that.`,
  });
}

function refuseUnready(
  release: string,
  seen: readonly SeenTarget[],
  ready: readonly SeenTarget[],
  command: AdvisedCommand,
): void {
  const open = seen.filter((one) => !isReady(one));
  const required = open.filter(({ target }) => target.required);
  const against = required.length > 0 || ready.length > 0 ? required : open;
  if (against.length === 0) return;
  const expected = 'an AMI that is verified, and shared as the config says';
  const unanswered = against.some(({ error }) => error !== undefined);
  throw new ActionableError(
    unanswered ? 'lookup-failed' : 'release-not-ready',
    against.map((one): Problem => ({ place: one.target.name, expected, found: whyNotReady(one) })),
    {
      before: `Nothing was changed: ${release} is not complete.`,
      after: unanswered ? 'Fix this, then run the same command again.' : adviceFor(release, seen, command),
    },
  );
}

/** If a release has no AMI at all, the version may be mistyped. */
function adviceFor(release: string, targets: readonly SeenTarget[], command: AdvisedCommand): string {
  const disabled = targets.flatMap(({ seen }) => (seen?.ami.state === 'disabled' ? [seen.ami] : []));
  if (disabled.length > 0)
    return `Enable the disabled AMIs, then publish the release again to share them:\n${disabled.map((ami) => `  ${commandToEnable(ami)}`).join('\n')}\n  ${command('publish', release)}`;
  return targets.some(({ seen }) => seen !== undefined)
    ? `${command('publish', release)} completes it; --only and --except promote part of it.`
    : `${command('releases', release.slice(0, release.lastIndexOf('@')))} lists all releases.`;
}

/** @throws ActionableError if a required parameter may not be written: it belongs to somebody else (4), or its lookup failed (1). */
export function refuseParameters(seen: readonly SeenParameter[]): void {
  const around = { before: 'Nothing was changed.' };
  const refusal = refusalForParameters(seen, { unknown: around, taken: around });
  if (refusal !== undefined) throw refusal;
}

/** The config's parameters that name an AMI of a target. Pure. */
export const parametersNaming = (
  publication: Publication,
  { name: target, region, image, required }: ConfiguredTarget,
  ami: ReleaseAmi['ami'],
): WantedParameter[] =>
  (parametersOf(publication, image, region) ?? []).map((one) => ({ ...one, region, target, required, ami }));

/** Parameters of a target that follow the promoted release. Pure. */
const followingParameters = (publication: Publication, { target, seen }: SeenTarget): WantedParameter[] =>
  (seen ? parametersNaming(publication, target, seen.ami) : [])
    .filter(({ newest }) => newest)
    .map((one) => ({ ...one, follows: { is: 'promoted' } }));

const others = (release: string, all: readonly ReleaseAmi[]) => all.filter((one) => one.release !== release);

/** The other release that is promoted at a target. Pure. */
const promotedBefore = (release: string, target: string, all: readonly ReleaseAmi[]) =>
  marksOf(others(release, all), [target]).at(-1);

/** Whether records already follow the release's AMI of a target. Pure. */
function isCurrent(
  { release, since = 0 }: PromotedRelease,
  { target, seen }: SeenTarget,
  all: readonly ReleaseAmi[],
): boolean {
  const at = seen && promotedAt(seen.ami.tags);
  const latest = promotedBefore(release, target.name, all);
  return at !== undefined && at >= since && (latest === undefined || at > latest.at);
}

/** The time of a promotion that was killed, if it is the latest everywhere; otherwise a new one. Pure. */
function momentOf(
  { release, since = 0 }: PromotedRelease,
  ready: readonly SeenTarget[],
  all: readonly ReleaseAmi[],
  now: number,
): number {
  const own = Math.max(-1, ...ready.flatMap(({ seen }) => (seen && promotedAt(seen.ami.tags)) ?? []));
  const latest = marksOf(
    others(release, all),
    ready.map(({ target }) => target.name),
  ).at(-1);
  return own >= since && own > (latest?.at ?? -1) ? own : Math.max(since, nextMoment(all, now));
}

/** The promotion tag, and the deprecation date that an AMI has while nothing supersedes it. Pure. */
function promotedState(
  of: PromotedRelease,
  one: SeenTarget,
  all: readonly ReleaseAmi[],
  at: number,
): WantedOfRelease[] {
  const { target, seen } = one;
  const { publication, release } = of;
  if (seen === undefined) return [];
  const { ami } = seen;
  const { [tagKeys.superseded]: _, ...tags } = ami.tags;
  const state = deprecationState(publication.lifecycle ?? {}, { ...ami, tags });
  const wasSuperseded = supersededAt(ami.tags) !== undefined;
  const before = promotedBefore(release, target.name, all)?.release;
  const deprecation = wasSuperseded ? { deprecated: state.deprecated ?? null } : {};
  const ends = endOfLife(deprecation, ami, of.sharing.public || ami.public);
  return [
    {
      region: target.region,
      target: target.name,
      release,
      ami,
      ...(before === undefined ? {} : { before }),
      tags: {
        ...(isCurrent(of, one, all) ? {} : { [tagKeys.promoted]: new Date(at).toISOString() }),
        [tagKeys.superseded]: null,
        ...sharedTagsOf(publication.lifecycle, { release, ami }, { is: 'current' }, ends),
      },
      ...deprecation,
    },
  ];
}

/** Whether the config changes superseded AMIs. Pure. */
export const supersedes = ({ supersededAfter, sharedTags }: Lifecycle): boolean =>
  supersededAfter !== undefined || sharedTags !== undefined;

/** The wanted state of the AMI that was promoted before at a target: unchanged, unless the config says otherwise. Pure. */
function supersededState(
  { publication, release }: PromotedRelease,
  { target, seen }: SeenTarget,
  all: readonly ReleaseAmi[],
  at: number,
): WantedOfRelease[] {
  const { lifecycle = {} } = publication;
  if (!supersedes(lifecycle) || seen === undefined) return [];
  return supersedeAt(target.name, release, { rivals: all, lifecycle, at });
}

/** The AMI of a target that a promotion supersedes, with its date; none if there is no such AMI. Pure. */
export function supersedeAt(
  target: string,
  release: string,
  { rivals, lifecycle, at }: { rivals: readonly ReleaseAmi[]; lifecycle: Lifecycle; at: number },
): WantedOfRelease[] {
  const before = promotedBefore(release, target, rivals);
  const found = rivals.find(
    (one) =>
      one.target === target && one.release === before?.release && promotedAt(one.ami.tags) === before.at,
  );
  return found?.ami.state === 'available' ? [supersede(found, lifecycle, at, release)] : [];
}

/** A superseded AMI, with its date. Pure. */
function supersede(
  { ami, target, release }: ReleaseAmi,
  lifecycle: Lifecycle,
  at: number,
  by: string,
): WantedOfRelease {
  const of = { region: ami.region, target, release, ami };
  const shared = (state: Pick<WantedOfRelease, 'deprecated'>) =>
    sharedTagsOf(lifecycle, { release, ami }, { is: 'superseded', by }, endOfLife(state, ami));
  if (lifecycle.supersededAfter === undefined) return { ...of, tags: shared({}) };
  const superseded = ami.tags[tagKeys.superseded] ?? new Date(at).toISOString();
  const tags = { ...ami.tags, [tagKeys.superseded]: superseded };
  const state = deprecationState(lifecycle, { ...ami, tags });
  return { ...of, tags: { [tagKeys.superseded]: superseded, ...shared(state) }, ...state };
}

/** How many days before the deprecation of a promoted AMI a warning starts. */
const warnWithin = 60;

/** Warnings about AMIs that are deprecated, or soon will be. AWS deprecates public AMIs two years after their creation. Pure. */
export function deprecationWarnings(
  release: string,
  amis: readonly (Pick<Ami, 'created' | 'public'> & { deprecated?: string | undefined })[],
  now: number,
): string[] {
  const dates = amis.flatMap((ami) => {
    const { deprecated } = ami;
    if (deprecated === undefined || Date.parse(deprecated) > now + warnWithin * day) return [];
    const byAws = ami.public && Math.abs(Date.parse(deprecated) - publicLimit(ami.created)) < day;
    return [{ deprecated, byAws }];
  });
  const first = dates.toSorted((one, other) => one.deprecated.localeCompare(other.deprecated))[0];
  if (first === undefined) return [];
  const date = first.deprecated.slice(0, 10);
  const isOne = dates.length === 1;
  const is = Date.parse(first.deprecated) <= now ? (isOne ? 'was' : 'were') : isOne ? 'is' : 'are';
  const by = first.byAws ? ' by AWS, which deprecates public AMIs two years after their creation' : '';
  return [
    `${release}: ${dates.length} of its AMIs ${is} deprecated from ${date} on${by}: from then on, others no longer see them in lists. Publish a new release in time.`,
  ];
}

/** A region whose AMIs are unknown. */
export const unseenRegions = (found: FoundAmis): { region: string; why: string; error: LookupError }[] =>
  [...found].flatMap(([region, lookup]) =>
    lookup.ok ? [] : [{ region, why: describeLookupError(lookup.error), error: lookup.error }],
  );
