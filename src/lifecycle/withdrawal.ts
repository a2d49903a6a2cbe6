import type { Context } from '../aws/context.ts';
import { launchPermission } from '../aws/images.ts';
import { createVolumePermission, findSnapshots } from '../aws/snapshots.ts';
import { deleteParameter, findStoredParameters } from '../aws/stored-parameters.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { Audience, LifecycleChange, LifecyclePlan } from '../model/events.ts';
import { yankedBy, yankedTag } from '../model/lifecycle-tags.ts';
import { allLookups, describeLookupError, type Lookup, okLookup } from '../model/lookup.ts';
import { audienceOf } from '../model/permission.ts';
import type { Publication, Sharing } from '../model/publication.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import { sharedTagKeys } from '../model/shared-tags.ts';
import type { AmiDetails } from '../model/sighting.ts';
import { permissionsToChange } from '../observe/permission-changes.ts';
import type { WantedParameter } from '../parameters/decide.ts';
import { findLeftParameters, type LeftParameter } from '../parameters/left-parameters.ts';
import { lookUpParameters } from '../parameters/look.ts';
import {
  allOf,
  type FoundAmis,
  type Promotion,
  parametersNaming,
  refuseParameters,
  refuseRetired,
  unseenRegions,
} from './promotion.ts';
import { marksOf, nextMoment, rivalsOf } from './promotion-status.ts';
import type { ConfiguredTarget, SeenTarget } from './ready-targets.ts';
import { sharedStatusAt, sharedTagsOf } from './shared-status.ts';
import { amiStep, parameterStep, permissionStep, type Step, type WantedOfRelease } from './steps.ts';

/** A release to withdraw, or to restore after a withdrawal. */
export interface Withdrawn {
  /** Its config, with the release's version. */
  publication: Publication;
  release: string;
  /** All targets of the current config. */
  targets: readonly ConfiguredTarget[];
}

export interface Withdrawal {
  steps: Step[];
  skipped: LifecyclePlan['skipped'];
  warnings: string[];
  /** Who currently may use its AMIs or their snapshots, and loses access. */
  loses: Audience;
  /** Who gains access to them. */
  gains: Audience;
}

/** A record that follows a promoted release: a file or a parameter, with the text that names the AMIs. */
export interface Named {
  record: string;
  text: string;
}

const noAudience: Audience = audienceOf([]);

/** Who gains access by these changes of permissions. Pure. */
export const gainsOf = (seen: readonly Pick<SeenTarget, 'open'>[]): Audience =>
  audienceOf(seen.flatMap(({ open }) => open.map(({ change }) => change.add)));

const forNobody: Sharing = { public: false, accounts: [], organizations: [], snapshots: false };

/**
 * The steps that withdraw a release: first the tag that says so, then another release in its place where records follow it, its
 * own parameters, permissions, disabling the AMIs, and shared tags. No AMI is deleted. The release is found by the tags of its
 * AMIs alone. Changes nothing.
 *
 * @param instead the release to promote in its place; `none`: its parameters are deleted as well.
 * @param named the current records that follow a release.
 * @throws ActionableError (4) if there is no such release, or records follow it and nothing is promoted instead; (1) if a
 * lookup failed.
 */
export async function planWithdrawal(
  of: Withdrawn & { reason: string; instead?: Promotion | 'none' },
  found: FoundAmis,
  named: readonly Named[],
  context: Context,
): Promise<Withdrawal> {
  const { release, instead, reason } = of;
  const { own, skipped } = ownAmis(of, found, context.command);
  refuseWhilePromoted(of, own, named, found, context.command);
  const seen = await lookAtPermissions(own, of.targets, forNobody, context);
  const now = context.clock.now();
  const at = new Date(momentOfYank(release, allOf(found), now)).toISOString();
  const wanted = (stateOf: (one: ReleaseAmi) => Pick<WantedOfRelease, 'tags' | 'state'>) =>
    own.map((one): WantedOfRelease => {
      const { ami, target } = one;
      return { region: ami.region, target, release, ami, ...stateOf(one) };
    });
  const value = yankedTag({ at, reason });
  const tagged = wanted(({ ami }) => ({ tags: { [tagKeys.yanked]: ami.tags[tagKeys.yanked] ?? value } }));
  const followers = instead === 'none';
  const rivals = rivalsOf(of.publication, allOf(found));
  const configured = new Set(of.targets.map(({ name }) => name));
  const left = own.filter(({ target }) => !configured.has(target));
  const leftParameters = await findLeftParameters(release, left, context);
  const told = wanted(({ ami, target }) => {
    const status = { is: 'yanked' as const, reason: yankedBy(ami.tags)?.reason ?? reason };
    // The release that took its place then stays there: later promotions do not concern a withdrawn release.
    const isTold = ami.tags[sharedTagKeys.lifecycle] === status.is && typeof instead !== 'object';
    const by = isTold ? ami.tags[sharedTagKeys.replacedBy] : replacedBy(of, target, rivals);
    return {
      tags: sharedTagsOf(of.publication.lifecycle, { release, ami }, { ...status, ...definedOnly({ by }) }),
    };
  });
  return {
    steps: [
      amiStep(tagged, now),
      ...(instead === undefined || instead === 'none' ? [] : instead.steps),
      await parametersToDelete(of, own, followers, leftParameters.found, context),
      permissionStep(seen, release),
      amiStep(
        wanted(() => ({ state: 'disabled' })),
        now,
      ),
      amiStep([...told, ...replacedByIt(of, rivals)], now),
    ],
    skipped,
    warnings: [
      ...notLookedAt(of, found),
      ...leftParameters.unknown.map((why) => `which parameters name its AMIs there is not known: ${why}`),
      ...stillNamed(of, own, named),
      ...(instead === undefined || instead === 'none' ? [] : instead.warnings),
    ],
    loses: audienceOf(
      seen.flatMap(({ details }) =>
        details ? [details.launchPermission, ...Object.values(details.createVolumePermission)] : [],
      ),
    ),
    gains: noAudience,
  };
}

/**
 * The steps that undo a withdrawal: enable the AMIs, set the config's permissions (disabling an AMI removed the earlier ones),
 * write its own parameters, and finally remove the tag. Records do not move: `promote` moves them.
 *
 * @throws ActionableError (4) if one of its parameters belongs to somebody else; (1) if a lookup failed.
 */
export async function planReturn(
  of: Withdrawn & { sharing: Sharing; takeOver?: boolean },
  found: FoundAmis,
  context: Context,
): Promise<Withdrawal> {
  const { release, publication, sharing, takeOver = false } = of;
  const { own, skipped } = ownAmis(of, found, context.command);
  if (own.every(({ ami }) => yankedBy(ami.tags) === undefined)) {
    return { steps: [], skipped, warnings: [], loses: noAudience, gains: noAudience };
  }
  refuseRetired(release, own, context.command);
  const seen = await lookAtPermissions(own, of.targets, sharing, context);
  const now = context.clock.now();
  const each = own.map(({ ami, target }): WantedOfRelease => ({ region: ami.region, target, release, ami }));
  const wanted = parametersToName(of, own).filter(({ newest }) => !newest);
  const about = { publication: publication.name, release };
  const parameters = await lookUpParameters(about, wanted, { takeOver }, context);
  refuseParameters(parameters);
  return {
    steps: [
      amiStep(
        each.map((one) => ({ ...one, state: 'available' })),
        now,
      ),
      permissionStep(seen, release),
      parameterStep(about, parameters, { takeOver }),
      amiStep(
        each.map((one) => ({ ...one, tags: { [tagKeys.yanked]: null, ...sharedAgain(of, one, found) } })),
        now,
      ),
    ],
    skipped,
    warnings: notLookedAt(of, found),
    loses: noAudience,
    gains: gainsOf(seen),
  };
}

/**
 * The time to write in the tags of a withdrawal, in milliseconds since 1970: that of the run that began it; otherwise now, but
 * later than all promotions, whatever this machine's clock says. Only a later promotion takes the release's place. Pure.
 *
 * @param amis of all releases of the publication.
 */
export function momentOfYank(release: string, amis: readonly ReleaseAmi[], now: number): number {
  const own = amis.filter((one) => one.release === release);
  const moments = own.flatMap(({ ami }) => Date.parse(yankedBy(ami.tags)?.at ?? '') || []);
  return moments.length === 0 ? nextMoment(amis, now) : Math.min(...moments);
}

/** The release that is, or will be, promoted at a target instead; undefined if there is none. Pure. */
function replacedBy(
  { release, instead }: Withdrawn & { instead?: Promotion | 'none' },
  target: string,
  rivals: readonly ReleaseAmi[],
): string | undefined {
  if (typeof instead === 'object' && instead.targets.includes(target)) return instead.release;
  const others = rivals.filter((one) => one.release !== release);
  return marksOf(others, [target]).at(-1)?.release;
}

/** Shared tags of the AMIs that the release replaced: nobody is told to use a withdrawn one instead. Pure. */
function replacedByIt(
  { publication, release, instead }: Withdrawn & { instead?: Promotion | 'none' },
  rivals: readonly ReleaseAmi[],
): WantedOfRelease[] {
  if (!publication.lifecycle?.sharedTags) return [];
  const left = rivals.filter((one) => one.release !== release);
  return left.flatMap(({ ami, target, release: older }): WantedOfRelease[] => {
    const isTold = ami.state === 'available' && ami.tags[sharedTagKeys.replacedBy] === release;
    const promoted =
      typeof instead === 'object' && instead.targets.includes(target) ? instead.release : undefined;
    if (!isTold || promoted === older) return [];
    const status =
      promoted === undefined
        ? sharedStatusAt(older, target, left)
        : { is: 'superseded' as const, by: promoted };
    const tags = sharedTagsOf(publication.lifecycle, { release: older, ami }, status);
    return [{ region: ami.region, target, release: older, ami, tags }];
  });
}

/** The shared tags of a release that is no longer withdrawn. Pure. */
function sharedAgain(
  { publication, release }: Withdrawn,
  { target, ami }: Pick<WantedOfRelease, 'target' | 'ami'>,
  found: FoundAmis,
): NonNullable<WantedOfRelease['tags']> {
  const all = allOf(found).map((one) => (one.release === release ? notYanked(one) : one));
  const status = sharedStatusAt(release, target, rivalsOf(publication, all));
  return sharedTagsOf(publication.lifecycle, { release, ami }, status);
}

function notYanked(one: ReleaseAmi): ReleaseAmi {
  const { [tagKeys.yanked]: _, [sharedTagKeys.replacedBy]: __, ...tags } = one.ami.tags;
  return { ...one, ami: { ...one.ami, tags } };
}

/** The AMIs of a release, including those of targets that are no longer in the config. */
export function ownAmis(
  { release, targets }: Withdrawn,
  found: FoundAmis,
  command: AdvisedCommand,
): { own: ReleaseAmi[]; skipped: LifecyclePlan['skipped'] } {
  const required = new Set(targets.flatMap((one) => (one.required ? [one.region] : [])));
  const unseen = unseenRegions(found);
  const against = unseen.filter(({ region }) => required.has(region));
  if (against.length > 0) {
    throw new ActionableError(
      'lookup-failed',
      against.map(({ region, error }) => ({
        place: region,
        expected: `an answer to ${error.operation}`,
        found: `${error.code}: ${error.message}`,
      })),
      { before: 'Nothing was changed.', after: 'Fix this, then run the same command again.' },
    );
  }
  const own = allOf(found).filter((one) => one.release === release);
  if (own.length === 0) {
    throw new ActionableError('release-not-found', {
      place: release,
      expected: `AMIs with the tag ${tagKeys.release}`,
      found: `none in ${found.size > 3 ? `${found.size} regions` : [...found.keys()].join(', ')}`,
      advice: `${command('releases', release.slice(0, release.lastIndexOf('@')))} lists all releases.`,
    });
  }
  const skipped = targets
    .filter((one) => unseen.some(({ region }) => region === one.region))
    .map(({ name, region }) => ({
      target: name,
      region,
      why: unseen.find((one) => one.region === region)?.why ?? '',
    }));
  return { own, skipped };
}

/** Regions that the config does not have, and whose lookup failed: AMIs of the release may be there. Pure. */
function notLookedAt({ targets }: Withdrawn, found: FoundAmis): string[] {
  const unseen = unseenRegions(found).filter(({ region }) => targets.every((one) => one.region !== region));
  const [first] = unseen;
  return first === undefined
    ? []
    : [
        `regions that are not in the config were not looked at: ${unseen.map(({ region }) => region).join(' ')} (${first.why}). ` +
          'AMIs of the release stay there as they are',
      ];
}

/** Otherwise records would keep naming AMIs that nobody can launch. */
function refuseWhilePromoted(
  { release, publication, targets, instead }: Withdrawn & { instead?: Promotion | 'none' },
  own: readonly ReleaseAmi[],
  named: readonly Named[],
  found: FoundAmis,
  command: AdvisedCommand,
): void {
  if (instead === 'none') return;
  const rivals = rivalsOf(publication, allOf(found));
  const replaced = new Set(instead?.targets);
  const left = targets
    .map(({ name }) => name)
    .filter((name) => !replaced.has(name))
    .filter((name) => {
      const ami = own.find((one) => one.target === name)?.ami.id;
      const isNamed = ami !== undefined && named.some(({ text }) => text.includes(ami));
      return isNamed || marksOf(rivals, [name]).at(-1)?.release === release;
    });
  if (left.length === 0) return;
  throw new ActionableError('release-promoted', {
    place: release,
    expected: 'a release that no record follows, or --promote OTHER: another one in its place',
    found: `it is the promoted release of ${left.join(', ')}`,
    advice:
      `${command('releases', publication.name)} lists the others. If there are none, --promote none deletes the parameters that name it; ` +
      'remove entries in files yourself.',
  });
}

/** Entries that nothing replaces: no record format can remove one. */
function stillNamed(
  { instead }: { instead?: Promotion | 'none' },
  own: readonly ReleaseAmi[],
  named: readonly Named[],
): string[] {
  const replaced = new Set(typeof instead === 'object' ? instead.targets : []);
  return named.flatMap(({ record, text }) => {
    const ids = own.filter(({ ami, target }) => text.includes(ami.id) && !replaced.has(target));
    const isFile = !record.startsWith('/');
    return isFile && ids.length > 0
      ? [`${record} still lists ${ids.map(({ ami }) => ami.id).join(', ')}: remove them from it`]
      : [];
  });
}

/** Permissions of AMIs and of the snapshots created with them, including disabled AMIs. */
export async function lookAtPermissions(
  own: readonly ReleaseAmi[],
  targets: readonly ConfiguredTarget[],
  sharing: Sharing,
  context: Context,
): Promise<Pick<SeenTarget, 'open' | 'details' | 'target'>[]> {
  const { clients } = context;
  const each = await Promise.all(
    [...Map.groupBy(own, ({ ami }) => ami.region)].map(async ([region, some]) => {
      const ids = [...new Set(some.flatMap(({ ami }) => ami.snapshots))];
      const snapshots = ids.length === 0 ? okLookup([]) : await findSnapshots(clients, region, { ids });
      return Promise.all(
        some.map(async ({ ami, target, image }) => {
          const mine = snapshots.ok ? snapshots.value.filter(({ id }) => ami.snapshots.includes(id)) : [];
          const volumes = await Promise.all(
            mine.map(async ({ id }) => [id, await createVolumePermission(clients, region, id)] as const),
          );
          const launch = await launchPermission(clients, region, ami.id);
          const all = allLookups({ snapshots, launch, volume: allLookups(Object.fromEntries(volumes)) });
          if (!all.ok) throw unanswered(target, all);
          const details: AmiDetails = {
            snapshots: mine,
            launchPermission: all.value.launch,
            createVolumePermission: all.value.volume,
          };
          const required = targets.find(({ name }) => name === target)?.required ?? true;
          const configured = targets.find(({ name }) => name === target);
          return {
            target: { ...(configured as ConfiguredTarget), name: target, region, required },
            details,
            open: permissionsToChange(ami, details, sharing),
            image,
          };
        }),
      );
    }),
  );
  return each.flat();
}

const unanswered = (target: string, lookup: Lookup<unknown>): ActionableError =>
  new ActionableError('lookup-failed', {
    place: target,
    expected: 'the permissions of its AMI',
    found: lookup.ok ? 'no answer' : describeLookupError(lookup.error),
    advice: 'Nothing was changed. Fix this, then run the same command again.',
  });

/** The config's parameters that name the AMIs of a release. Pure. */
const parametersToName = (
  { publication, targets }: Withdrawn,
  own: readonly ReleaseAmi[],
): WantedParameter[] =>
  targets.flatMap((target) => {
    const found = own.find((one) => one.target === target.name);
    return found ? parametersNaming(publication, target, found.ami) : [];
  });

/**
 * The release's own parameters that name its AMIs; with `followers` also those that follow the promoted release.
 *
 * @param left those of images and regions that the config no longer has: nothing takes their place.
 */
async function parametersToDelete(
  of: Withdrawn,
  own: readonly ReleaseAmi[],
  followers: boolean,
  left: readonly LeftParameter[],
  context: Context,
): Promise<Step> {
  const { publication, release } = of;
  const wanted = parametersToName(of, own).filter(({ newest }) => followers || !newest);
  const about = { publication: publication.name, release };
  // With this option, only parameters with our tags count as current.
  const seen = await lookUpParameters(about, wanted, { takeOver: true }, context);
  const unknown = seen.find(({ status, wanted: one }) => status.state === 'unknown' && one.required);
  if (unknown?.status.error) {
    throw unanswered(unknown.wanted.target, { ok: false, error: unknown.status.error });
  }
  const going = seen.flatMap(({ wanted: { name, region, target }, status: { state, value } }) =>
    state === 'current' && value !== undefined ? [{ name, region, target, value }] : [],
  );
  const changes = [...going, ...left].map(
    ({ name, region, target, value }): LifecycleChange => ({
      change: 'parameter',
      name,
      region,
      target,
      release,
      from: value,
    }),
  );
  return {
    changes,
    async apply({ clients, stop }) {
      return Promise.all(
        changes.map(async (change) => {
          const { name, region = '' } = change;
          if (stop.aborted) return { ...change, outcome: 'held', why: 'the run was stopped' } as const;
          const deleted = await deleteParameter(clients, region, name);
          const left = deleted.ok ? await findStoredParameters(clients, region, [name]) : deleted;
          if (!left.ok) {
            return {
              ...change,
              outcome: 'failed',
              why: describeLookupError(left.error),
              failedCall: left.error,
            } as const;
          }
          return left.value?.has(name)
            ? ({ ...change, outcome: 'failed', why: 'Systems Manager still shows it' } as const)
            : ({ ...change, outcome: 'done' } as const);
        }),
      );
    },
  };
}
