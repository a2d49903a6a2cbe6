import type { Ami } from '../model/ami.ts';
import type { Lifecycle } from '../model/lifecycle.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import { type SharedStatus, sharedTagKeys } from '../model/shared-tags.ts';
import { publicLimit, type WantedState } from './ami-changes.ts';
import { marksOf } from './promotion-status.ts';

/**
 * The tags that tell everyone who may use an AMI about its status, by "sharedTags" in the config: none if it is false,
 * unchanged if it is absent. Pure.
 *
 * @param endOfLife the deprecation date; null: never; absent: the tag stays as it is.
 */
export function sharedTagsOf(
  { sharedTags }: Pick<Lifecycle, 'sharedTags'> = {},
  { release, ami }: { release: string; ami: Pick<Ami, 'tags'> },
  status: SharedStatus,
  endOfLife?: string | null,
): NonNullable<WantedState['tags']> {
  if (sharedTags === undefined) return {};
  if (!sharedTags) return Object.fromEntries(Object.values(sharedTagKeys).map((key) => [key, null]));
  return {
    [sharedTagKeys.release]: release,
    [sharedTagKeys.revision]: ami.tags[tagKeys.commit] ?? null,
    [sharedTagKeys.lifecycle]: status.is,
    [sharedTagKeys.replacedBy]: ('by' in status ? status.by : undefined) ?? null,
    [sharedTagKeys.reason]: status.is === 'yanked' ? status.reason : null,
    ...(endOfLife === undefined ? {} : { [sharedTagKeys.endOfLife]: endOfLife && dayOf(endOfLife) }),
  };
}

/**
 * When an AMI is deprecated: as wanted, otherwise as it is now; a public AMI after two years at the latest, because EC2 sets
 * that date itself. Null: never. Pure.
 */
export function endOfLife(
  { deprecated }: Pick<WantedState, 'deprecated'>,
  ami: Pick<Ami, 'created' | 'deprecated' | 'public'>,
  isPublic = ami.public,
): string | null {
  const byItself = isPublic ? new Date(publicLimit(ami.created)).toISOString() : null;
  if (deprecated !== undefined) return deprecated ?? byItself;
  return ami.deprecated ?? byItself;
}

/** EC2 rounds a date to the minute; this is the day of the rounded date (EnableImageDeprecation, `DeprecateAt`). */
const dayOf = (date: string): string =>
  new Date(Math.round(Date.parse(date) / minute) * minute).toISOString().slice(0, 10);

const minute = 60_000;

/**
 * The status of a release at a target, by the promotions of all releases that are not yanked. It stays replaced by the release that its
 * tag names while that was promoted later and counts; otherwise the currently promoted release replaces it. Pure.
 *
 * @param rivals the competing AMIs of the publication, including its own.
 */
export function sharedStatusAt(release: string, target: string, rivals: readonly ReleaseAmi[]): SharedStatus {
  const marks = marksOf(rivals, [target]);
  const latest = marks.at(-1);
  const own = marks.findLast((one) => one.release === release);
  if (latest === undefined || own === undefined) return { is: 'published' };
  if (latest.release === release) return { is: 'current' };
  const { ami } = rivals.find((one) => one.release === release && one.target === target) ?? {};
  const named = ami?.tags[sharedTagKeys.replacedBy];
  const stays = marks.some((one) => one.release === named && one.release !== release && one.at > own.at);
  return { is: 'superseded', by: named !== undefined && stays ? named : latest.release };
}
