import { dateWords, inDays } from '../lib/days.ts';
import { isCandidate } from '../model/candidate.ts';
import { promotedAt, retiredBy, yankedBy } from '../model/lifecycle-tags.ts';
import type { LookupError } from '../model/lookup.ts';
import { isEmpty } from '../model/permission.ts';
import { protectionOf, untilWords } from '../model/protection.ts';
import { taggedRelease } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { ConsideredAmi, Reference } from './considered-ami.ts';

/** A deletion request, and what has to be kept regardless. */
export interface CleanupRequest {
  /** Every AMI of one release, or AMIs of older releases by their age. */
  chosen: { release: string } | { olderThan: number };
  /** How many of the newest AMIs of a family are kept. */
  keepLast: number;
  /** The targets that may be touched; all if absent. */
  targets?: ReadonlySet<string>;
  /** Whether AMIs older than gopackgo, identified only by their names, may be deleted. */
  adopt: boolean;
  includingShared: boolean;
  /** How long after its last launch an AMI is kept. Milliseconds. */
  guardPeriod: number;
  /** The most AMIs deleted in one region. */
  maxDeletions: number;
  /** The largest part of a family that is deleted, from 0 to 1. */
  maxShare: number;
  /** Whether deregistration protection may be turned off: the config says that this tool turned it on. */
  mayUnprotect?: boolean;
  /** How long an AMI is private and disabled before it is deleted, in milliseconds; it is deleted at once if absent. */
  retireFor?: number;
  /** Ids in every file that a publication records to. */
  recorded: ReadonlySet<string>;
  /** Tag key that keeps an AMI. */
  keepTag: string;
  /** Milliseconds since 1970. */
  now: number;
  /** Whether the release of a version is a candidate; if absent, its pre-release part decides. */
  candidate?: (version: string) => boolean;
}

/** Why an AMI is kept; `said` is the text for people. */
export interface Kept {
  reason: ReasonToKeep;
  said: string;
}

/**
 * `retire`: it is made private and disabled now, and a later run deletes it. `unprotect`: its protection has a cooldown, so it
 * is turned off now and the AMI can be deleted a day later.
 */
export type Verdict = 'delete' | 'retire' | 'unprotect' | 'keep';

export interface Decision {
  considered: ConsideredAmi;
  verdict: Verdict;
  /** Empty unless it is kept. */
  keep: Kept[];
}

interface Facts extends ConsideredAmi {
  /** Its rank in its family, the newest is 1; absent if its origin is unknown, it failed, or it was yanked. */
  rank?: number;
  /** It is the one that records follow at its target. */
  promoted?: true;
}

/** Each is a reason to keep an AMI, whatever speaks for deleting it; `undefined` if it does not apply. In display order. */
const reasons = {
  'not ours': ({ ami, origin }, { adopt }) => {
    const its = taggedRelease(ami);
    if (!origin && its !== undefined) return `it belongs to ${its}`;
    if (!origin && ami.copyOf !== undefined && tagKeys.release in ami.tags)
      return `it is a manual copy of ${ami.copyOf}, whatever its tags say`;
    if (!origin) return 'nothing shows that it belongs to this publication';
    if (origin.by === 'tag' || adopt) return undefined;
    return "it has none of gopackgo's tags; --adopt includes it because of its name";
  },
  'not chosen': ({ origin, ami }, { chosen, targets, now }) => {
    if (!origin) return undefined;
    if (targets && !targets.has(origin.target)) return `${origin.target} was not chosen`;
    if ('release' in chosen) {
      return origin.release === chosen.release ? undefined : `it belongs to ${origin.release}`;
    }
    const age = now - Date.parse(ami.created);
    return age > chosen.olderThan
      ? undefined
      : `it is ${inDays(age)} old, not older than ${inDays(chosen.olderThan)}`;
  },
  'among the newest': ({ rank }, { keepLast }) =>
    rank !== undefined && rank <= keepLast
      ? `number ${rank} of the newest ${keepLast}, which are kept`
      : undefined,
  promoted: ({ promoted }, { chosen, keepLast }) =>
    promoted && keepLast > 0 && 'olderThan' in chosen ? 'it is the promoted AMI of its target' : undefined,
  recorded: ({ ami }, { recorded }) => (recorded.has(ami.id) ? 'an ids file lists it' : undefined),
  shared: ({ ami, launchPermission, createVolumePermissions }, { includingShared }) => {
    if (includingShared) return undefined;
    if (ami.public || launchPermission.public) return 'it is public; --including-shared includes it';
    const shared = [launchPermission, ...createVolumePermissions].some((permission) => !isEmpty(permission));
    return shared ? 'it is shared; --including-shared includes it' : undefined;
  },
  referenced: ({ ami, references }) => {
    const others = references.filter((one) => !isDeletedWith(ami, one));
    return others.length > 0
      ? `in use by ${others.map((one) => describeReference(one, ami.region)).join(', ')}`
      : undefined;
  },
  'references unknown': ({ unknownReferences }) =>
    unknownReferences.length > 0
      ? `the lookup of its uses failed in ${unknownReferences.map(describeUnknown).join('; in ')}`
      : undefined,
  'launched recently': ({ ami }, { guardPeriod, now }) => {
    if (ami.lastLaunched === undefined) return undefined;
    const age = now - Date.parse(ami.lastLaunched);
    // A time that cannot be parsed is no proof that it was long ago.
    return age > guardPeriod ? undefined : `last launched on ${ami.lastLaunched.slice(0, 10)}`;
  },
  'deregistration protection': ({ ami }, { mayUnprotect, now }) => {
    const protection = protectionOf(ami, now);
    if (protection.is === 'cooling')
      return `its deregistration protection was turned off; it can be deleted after ${untilWords(protection.until)}`;
    return protection.is === 'off' || mayUnprotect
      ? undefined
      : `its deregistration protection is ${ami.protection}, and the config says nothing of it`;
  },
  retired: ({ ami }, { retireFor, now }) => {
    const at = retiredSince(ami);
    if (retireFor === undefined || at === undefined || now - at > retireFor) return undefined;
    return `it was retired on ${dateWords(at)}, and can be deleted after ${dateWords(at + retireFor)}`;
  },
  'keep tag': ({ ami }, { keepTag }) => (keepTag in ami.tags ? `it has the tag ${keepTag}` : undefined),
  'being made': ({ ami }) => (ami.state === 'pending' ? 'EC2 is still creating it' : undefined),
} satisfies Record<string, (facts: Facts, request: CleanupRequest) => string | undefined>;

/** All reasons, in display order. */
export const reasonsOfAll: readonly string[] = [...Object.keys(reasons), 'used by others', 'guard'];

export type ReasonToKeep = keyof typeof reasons | 'guard';

/**
 * Decides which AMIs of one region are deleted, and why each of the others is kept. Pure. The guards apply last: of the AMIs
 * that nothing else keeps, those farthest from the newest of their family are deleted first. So keeping more of the newest
 * never deletes another AMI.
 */
export function decide(considered: readonly ConsideredAmi[], request: CleanupRequest): Decision[] {
  const facts = placed(considered, request);
  const decisions = facts.map((considered) => ({ considered, keep: reasonsToKeep(considered, request) }));
  const free = decisions.filter(({ keep }) => keep.length === 0).map(({ considered }) => considered);
  const guarded = guards(facts, free, request);
  return decisions.map(({ considered: { rank: _, promoted: __, ...considered }, keep }) => {
    const said = guarded.get(considered.ami.id);
    if (said !== undefined) return { considered, verdict: 'keep', keep: [{ reason: 'guard', said }] };
    return { considered, verdict: keep.length > 0 ? 'keep' : verdictOn(considered, request), keep };
  });
}

/** The verdict on an AMI that nothing keeps. */
function verdictOn({ ami }: ConsideredAmi, { now, retireFor }: CleanupRequest): Verdict {
  const mayRetire = ami.state === 'available' || ami.state === 'disabled';
  if (retireFor !== undefined && mayRetire && retiredSince(ami) === undefined) return 'retire';
  const protection = protectionOf(ami, now);
  return protection.is === 'on' && protection.cooldown ? 'unprotect' : 'delete';
}

function reasonsToKeep(facts: Facts, request: CleanupRequest): Kept[] {
  return Object.entries(reasons).flatMap(([reason, holds]) => {
    const said = holds(facts, request);
    return said === undefined ? [] : [{ reason: reason as ReasonToKeep, said }];
  });
}

/** Since when an AMI is retired; undefined if a run was killed before it disabled the AMI, or somebody enabled it again. */
export const retiredSince = ({ state, tags }: ConsideredAmi['ami']): number | undefined =>
  state === 'disabled' ? retiredBy(tags)?.at : undefined;

/** AMIs that only a guard keeps, with the guard's reason. */
function guards(all: readonly Facts[], free: readonly Facts[], request: CleanupRequest): Map<string, string> {
  const { maxDeletions, maxShare } = request;
  const stay = new Map<string, string>();
  const groups = Map.groupBy(all, (one) => familyOf(one, request));
  const sizes = new Map([...groups].map(([family, members]) => [family, members.length]));
  const farthestFirst = free.toSorted(
    (one, other) => distance(other) - distance(one) || byAge(other.ami, one.ami),
  );
  const taken = new Map<string | undefined, number>();
  let deleted = 0;
  for (const considered of farthestFirst) {
    const family = familyOf(considered, request);
    const size = sizes.get(family) ?? 0;
    const most = Math.floor(size * maxShare);
    const before = taken.get(family) ?? 0;
    if (before >= most) {
      const part = `${Math.round(maxShare * 100)} %`;
      stay.set(
        considered.ami.id,
        `a run deletes at most ${part} of a family, ${most} of these ${size}: --max-share`,
      );
    } else if (deleted >= maxDeletions) {
      stay.set(considered.ami.id, `a run deletes at most ${maxDeletions} AMIs in a region: --max-deletions`);
    } else {
      taken.set(family, before + 1);
      deleted++;
    }
  }
  return stay;
}

/** Image × region. Candidates (2.6.4-beta1) are a family of their own, so that they do not displace releases. */
export function familyOf(
  { origin }: Pick<ConsideredAmi, 'origin'>,
  { candidate = isCandidate }: Pick<CleanupRequest, 'candidate'> = {},
): string | undefined {
  if (!origin) return undefined;
  return candidate(origin.version) ? `${origin.target} candidates` : origin.target;
}

/** A failed or yanked AMI is useless. */
const distance = ({ rank }: Facts): number => rank ?? Number.POSITIVE_INFINITY;

/**
 * Adds to each AMI its rank in its family: the number of available AMIs that are as new, including itself. A disabled AMI has a
 * rank but displaces no other; a failed, pending or yanked one has none. Records follow the one that was promoted last.
 */
function placed(considered: readonly ConsideredAmi[], request: CleanupRequest): Facts[] {
  const family = (one: ConsideredAmi) => familyOf(one, request);
  const families = Map.groupBy(considered.filter(family), family);
  const ranks = new Map<string, number>();
  const promoted = new Set<string>();
  for (const members of families.values()) {
    const family = members.filter(({ ami }) => yankedBy(ami.tags) === undefined);
    let newer = 0;
    for (const { ami } of family.toSorted((one, other) => byAge(one.ami, other.ami))) {
      if (ami.state === 'available' || ami.state === 'disabled') ranks.set(ami.id, newer + 1);
      if (ami.state === 'available') newer++;
    }
    const marks = family.flatMap(({ ami }) => {
      const at = promotedAt(ami.tags);
      return at === undefined ? [] : [{ id: ami.id, at }];
    });
    const latest = marks.toSorted((one, other) => one.at - other.at).at(-1);
    if (latest) promoted.add(latest.id);
  }
  return considered.map((one): Facts => {
    const rank = ranks.get(one.ami.id);
    return {
      ...one,
      ...(rank === undefined ? {} : { rank }),
      ...(promoted.has(one.ami.id) ? { promoted: true as const } : {}),
    };
  });
}

/** Newest first. Times are ISO 8601 in UTC, as EC2 gives them. */
const byAge = (one: ConsideredAmi['ami'], other: ConsideredAmi['ami']): number =>
  other.created.localeCompare(one.created) || one.id.localeCompare(other.id);

/** Whether it is a parameter of the AMI's release alone, in the AMI's region: it would name nothing afterwards. */
export const isDeletedWith = (
  { region }: Pick<ConsideredAmi['ami'], 'region'>,
  reference: Reference,
): boolean => reference.own === true && reference.region === region;

/** Names the region if it is not the AMI's own. */
const describeReference = ({ kind, name, region }: Reference, own: string): string =>
  `${kind} ${name}${region === own ? '' : ` of ${region}`}`;

const describeUnknown = ({ region, operation, code, message }: LookupError): string =>
  `${region}: ${operation}: ${code}: ${message}`;
