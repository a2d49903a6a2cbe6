import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import type { ShownStatus } from '../model/events.ts';
import { retiredBy, retiredWords } from '../model/lifecycle-tags.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Sharing } from '../model/publication.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { failedCallOf, type Obstacle, type Status } from '../model/status.ts';
import { type ChangeOfPermission, isPrivate } from '../observe/permission-changes.ts';
import { openPermissions, type Verdict } from '../observe/verify.ts';
import { codeOfDifference, type Lack, type SeenTarget } from './ready-targets.ts';

/** A target of a release as it was found, with its differences from the config, by its plan or by tags alone. */
export interface ComparedTarget {
  release: string;
  name: string;
  region: string;
  required: boolean;
  status: ShownStatus;
  /** Absent if it has none, or one that is not ours. */
  ami?: Ami;
  /** The AMI that cleanup retired. */
  retired?: Ami;
  lacks: Lack[];
  /** Permissions that differ from the config's. */
  open: ChangeOfPermission[];
  /** Why none of it is compared: cleanup made it private and disabled it. Absent otherwise. */
  why?: string;
  /** The failed lookup; nothing else is known of the target then. */
  error?: LookupError;
}

/**
 * The target as a lookup by its plan shows it. Pure.
 *
 * @param why the reason for its status, in words.
 */
export function comparedByPlan(plan: ReleasePlan, verdict: Verdict, why = ''): ComparedTarget {
  const { target, status } = verdict;
  const { name, region, required } = target;
  // Nothing is compared for an AMI that cleanup retired.
  const ami = shownStatus(status) === 'retired' ? undefined : ownAmi(status);
  return {
    release: plan.release,
    name,
    region,
    required,
    status: shownStatus(status),
    lacks: lacksOf(plan.release, status, why),
    open: ami ? (openPermissions(verdict, plan) ?? []) : [],
    ...definedOnly({ ami, error: failedCallOf(status) }),
  };
}

/** The status as shown: a withdrawn release is no conflict. Pure. */
export const shownStatus = (status: Status): ShownStatus =>
  status.is === 'conflict' && (status.by === 'yanked' || status.by === 'retired') ? status.by : status.is;

/** A target's own AMI, whatever it was built from. Pure. */
export function ownAmi(status: Status): Ami | undefined {
  if ('ami' in status) return status.ami;
  const isOwn = status.is === 'conflict' && ownObstacles.has(status.by) && status.amis.length === 1;
  return isOwn ? status.amis[0] : undefined;
}

const ownObstacles: ReadonlySet<Obstacle> = new Set([
  'another recipe',
  'another source',
  'yanked',
  'retired',
]);

function lacksOf(release: string, status: Status, why: string): Lack[] {
  switch (status.is) {
    case 'absent':
    case 'failed':
      return [{ code: 'ami-missing', of: release, expected: 'an AMI', found: why || 'none' }];
    case 'building':
      return [{ code: 'unfinished', of: release, expected: 'an AMI', found: `one being built ${why}` }];
    case 'pending':
    case 'built':
      return [
        {
          code: 'unfinished',
          of: status.ami.id,
          expected: 'a verified AMI',
          found: why || 'one that EC2 has not finished',
        },
      ];
    case 'wrong':
      return status.differences.map(({ what, expected, found }) => ({
        code: codeOfDifference(what, found),
        of: status.ami.id,
        expected: `${what} ${expected}`,
        found,
      }));
    case 'conflict':
      if (status.by === 'yanked' || status.by === 'retired') return [];
      return [
        {
          code: 'ami-differs',
          of: status.amis[0]?.id ?? release,
          expected: 'the AMI that the config describes',
          found: why,
        },
      ];
    default:
      return [];
  }
}

/** The target as a lookup by tags alone shows it. Pure. */
export function comparedByTags(
  release: string,
  sharing: Sharing,
  { target, seen, lack, open, error }: SeenTarget,
): ComparedTarget {
  const { name, region, required } = target;
  const retired = seen && retiredBy(seen.ami.tags);
  if (retired) {
    const why = `${seen.ami.id} was retired${retiredWords(retired)}`;
    return {
      release,
      name,
      region,
      required,
      status: 'retired',
      lacks: [],
      open: [],
      why,
      retired: seen.ami,
    };
  }
  return {
    release,
    name,
    region,
    required,
    status: statusByTags({ seen, lack, open, error }, sharing),
    lacks: lack ? [lack] : [],
    open,
    ...definedOnly({ ami: seen?.ami, error }),
  };
}

function statusByTags(
  { seen, lack, open, error }: { [Key in 'seen' | 'lack' | 'open' | 'error']: SeenTarget[Key] | undefined },
  sharing: Sharing,
): ShownStatus {
  if (error) return 'unknown';
  if (!seen) return lack?.code === 'ami-missing' ? 'absent' : 'conflict';
  if (seen.ami.state === 'pending') return 'pending';
  if (lack) return 'wrong';
  return isPrivate(sharing) || (open ?? []).length > 0 ? 'verified' : 'shared';
}
