import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import { launchPermission } from '../aws/images.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { ReleasesReport, ShownRelease } from '../model/events.ts';
import {
  promotedAt,
  retiredBy,
  saidOfRelease,
  supersededAt,
  yankedBy,
  yankedWords,
} from '../model/lifecycle-tags.ts';
import type { Lookup } from '../model/lookup.ts';
import { audienceOf, isEmpty, type Permission } from '../model/permission.ts';
import { isProtected } from '../model/protection.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { allOf, deprecationWarnings, type FoundAmis, unseenRegions } from './promotion.ts';
import { marksOf } from './promotion-status.ts';

/** Calls at once in one region. */
const callsAtOnce = 4;

/** A record, with the text that names the AMIs. */
export interface NamedIn {
  /** A file, or a parameter with its region. */
  record: string;
  text: string;
}

/** Which versions are candidates. Candidates have settings of their own in the config. */
export interface Kinds {
  isCandidate(version: string): boolean;
  /** Whether files, parameters or shared tags follow the promoted candidate. */
  areCandidatesFollowed: boolean;
}

/** Every release of a publication, newest first, with who may use it and which records name it. Changes nothing. */
export async function describeReleases(
  found: FoundAmis,
  named: readonly NamedIn[],
  kinds: Kinds,
  context: Pick<Context, 'clients' | 'clock'>,
): Promise<Pick<ReleasesReport, 'releases' | 'unseen' | 'warnings'>> {
  const all = allOf(found);
  const permissions = await permissionsOf(all, context);
  const releases = [...Map.groupBy(all, ({ release }) => release)]
    .map(([release, amis]) => describeRelease(release, amis, all, { permissions, named, ...kinds }))
    .toSorted((one, other) => other.created.localeCompare(one.created));
  const current = new Set(releases.filter(({ state }) => state === 'current').map(({ release }) => release));
  return {
    releases,
    unseen: unseenRegions(found).map(({ region, why, error }) => ({ region, why, failedCall: error })),
    warnings: [...current].flatMap((release) =>
      deprecationWarnings(
        release,
        all.flatMap((one) => (one.release === release ? one.ami : [])),
        context.clock.now(),
      ),
    ),
  };
}

type Permissions = ReadonlyMap<string, Lookup<Permission>>;

/** Permissions of AMIs that are not public, one call each. */
async function permissionsOf(
  all: readonly ReleaseAmi[],
  { clients }: Pick<Context, 'clients'>,
): Promise<Permissions> {
  const limits = new Map(all.map(({ ami }) => [ami.region, pLimit(callsAtOnce)]));
  const asked = all.filter(({ ami }) => ami.state === 'available');
  const each = await Promise.all(
    asked.map(({ ami: { id, region } }) => {
      const inRegion = limits.get(region) ?? pLimit(1);
      return inRegion(async () => [id, await launchPermission(clients, region, id)] as const);
    }),
  );
  return new Map(each);
}

interface Known extends Kinds {
  permissions: Permissions;
  named: readonly NamedIn[];
}

function describeRelease(
  release: string,
  amis: readonly ReleaseAmi[],
  all: readonly ReleaseAmi[],
  { permissions, named, isCandidate, areCandidatesFollowed }: Known,
): ShownRelease {
  const version = amis[0]?.version ?? '';
  const yanked = saidOfRelease(amis, yankedBy);
  const records = named.flatMap(({ record, text }) =>
    amis.some(({ ami }) => text.includes(ami.id)) ? [record] : [],
  );
  const rivals = all.filter((one) => isCandidate(one.version) === isCandidate(version));
  const isFollowed = areCandidatesFollowed || !isCandidate(version);
  const isCurrent =
    isFollowed && amis.some(({ target }) => marksOf(rivals, [target]).at(-1)?.release === release);
  const retired = amis.every(({ ami }) => retiredBy(ami.tags) !== undefined);
  const promoted = amis.flatMap(({ ami }) => promotedAt(ami.tags) ?? []);
  const has = amis.flatMap(({ ami }) => {
    const permission = permissions.get(ami.id);
    return permission?.ok ? [permission.value] : [];
  });
  const isPublished = records.length > 0 || !has.every(isEmpty);
  const dates = amis.flatMap(({ ami }) => ami.deprecated ?? []).sort();
  return {
    release,
    created: momentOf(amis.map(({ ami }) => ami.created).sort()[0]),
    targets: new Set(amis.map(({ target }) => target)).size,
    state: yanked
      ? 'yanked'
      : retired
        ? 'retired'
        : isCurrent
          ? 'current'
          : isFollowed && promoted.length > 0
            ? 'superseded'
            : isPublished
              ? 'published'
              : 'private',
    usedBy: audienceOf(has),
    records: [...new Set(records)],
    amis: amis
      .map(({ ami, target }) => ({
        target,
        region: ami.region,
        ami: ami.id,
        state: ami.state,
        created: ami.created,
        public: ami.public,
        ...definedOnly({
          promoted: isoOf(promotedAt(ami.tags)),
          superseded: isoOf(supersededAt(ami.tags)),
          retired: isoOf(retiredBy(ami.tags)?.at),
          deprecated: ami.deprecated,
          protected: isProtected(ami) || undefined,
          launchPermissionUnknown: permissions.get(ami.id)?.ok === false || undefined,
        }),
      }))
      .toSorted((one, other) => one.target.localeCompare(other.target)),
    ...definedOnly({
      promoted: promoted.length > 0 ? isoOf(Math.max(...promoted)) : undefined,
      yanked: yanked && yankedWords(yanked),
      deprecated: dates[0],
      candidate: isCandidate(version) || undefined,
    }),
  };
}

const isoOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

const momentOf = (created = ''): string => {
  const at = Date.parse(created);
  return new Date(Number.isNaN(at) ? 0 : at).toISOString();
};
