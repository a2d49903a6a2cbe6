import { day } from '../lib/days.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { quoted } from '../lib/shell-word.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import { type Ami, commandToEnable } from '../model/ami.ts';
import type { Finding, LifecycleChange } from '../model/events.ts';
import type { Lifecycle } from '../model/lifecycle.ts';
import { promotedAt } from '../model/lifecycle-tags.ts';
import { isEmpty, type Permission } from '../model/permission.ts';
import { parsePublishedTag } from '../model/published.ts';
import { tagKeys } from '../model/resource-names.ts';
import { isSharedTag, type SharedStatus } from '../model/shared-tags.ts';
import type { ChangeOfPermission } from '../observe/permission-changes.ts';
import type { SeenParameter } from '../parameters/look.ts';
import { canBeOverwritten, takenWords } from '../parameters/taken.ts';
import { amiChanges, publicLimit } from './ami-changes.ts';
import type { ComparedTarget } from './compared-target.ts';
import type { PromotionStatus } from './promotion-status.ts';
import { publishedState } from './published-state.ts';
import type { Lack } from './ready-targets.ts';
import { endOfLife, sharedTagsOf } from './shared-status.ts';

/** How many days before its deprecation an AMI becomes a finding. */
const deprecationWithin = 30;

/** Whether an AMI belongs to a release that has ever been published. */
export const wasPublished = ({ tags }: Pick<Ami, 'tags'>): boolean =>
  parsePublishedTag(tags[tagKeys.published]) !== undefined || promotedAt(tags) !== undefined;

/** What the findings of a compared release depend on. */
export interface Comparing {
  lifecycle?: Lifecycle | undefined;
  /** Whether users should use it now: records follow it, or it is the requested release. */
  current: boolean;
  /** Its shared status at a target, for shared tags. Absent: not compared. */
  sharedStatus?(target: string): SharedStatus;
  /** Milliseconds since 1970. */
  now: number;
  command: AdvisedCommand;
}

/** The differences between a target and its config. Pure. */
export function targetFindings(target: ComparedTarget, of: Comparing): Finding[] {
  const { ami, error } = target;
  if (error) return [];
  return [
    ...target.lacks.map((lack) => lackFinding(target, lack, of.command)),
    ...target.open.flatMap((change) => permissionFindings(target, change, of.command)),
    ...(ami?.state === 'available' && wasPublished(ami) ? lifecycleFindings(target, ami, of) : []),
  ];
}

const missingCodes: ReadonlySet<Finding['code']> = new Set(['ami-missing', 'unfinished', 'release-missing']);

function findingOf(
  { release, name, region, required, ami }: Omit<ComparedTarget, 'lacks' | 'open' | 'status'>,
  code: Finding['code'],
  parts: Pick<Finding, 'place' | 'expected' | 'found' | 'todo'>,
): Finding {
  return {
    code,
    release,
    ...parts,
    target: name,
    region,
    ...definedOnly({
      ami: ami?.id,
      bestEffort: (!required && missingCodes.has(code)) || undefined,
    }),
  };
}

function lackFinding(
  target: ComparedTarget,
  { code, of: place, expected, found }: Lack,
  command: AdvisedCommand,
): Finding {
  return findingOf(target, code, { place, expected, found, todo: todoOf(target, code, command) });
}

function todoOf(
  { release, region, ami }: ComparedTarget,
  code: Lack['code'],
  command: AdvisedCommand,
): string {
  const id = ami?.id ?? '';
  const publish = command('publish', release);
  switch (code) {
    case 'ami-missing':
      return `${publish} makes it.`;
    case 'unfinished':
      return `If nobody is working on it, ${publish} resumes.`;
    case 'ami-disabled':
      return `Enable it (${commandToEnable({ region, id })}); then ${publish} shares it again.`;
    case 'snapshot-missing':
    case 'bundle-missing':
      return `It cannot be repaired: deregister it (aws ec2 deregister-image --region ${region} --image-id ${id}); then ${publish} makes it again.`;
    case 'ami-differs':
      return `${command('plan', release)} shows your options.`;
  }
}

function permissionFindings(
  target: ComparedTarget,
  { kind, id, change }: ChangeOfPermission,
  command: AdvisedCommand,
): Finding[] {
  const publish = command('publish', target.release);
  const what = kind === 'AMI' ? 'launch-permission' : 'volume-permission';
  const found = target.ami && wasPublished(target.ami);
  // A release that is not published yet is private on purpose; another finding already says that it is unfinished.
  const add = found && !isEmpty(change.add) ? audienceWords(change.add) : undefined;
  const remove = isEmpty(change.remove) ? undefined : audienceWords(change.remove);
  return [
    ...(add === undefined
      ? []
      : [
          findingOf(target, `${what}-missing`, {
            place: id,
            expected: `shared with ${add}`,
            found: 'no such permission',
            todo: `${publish} shares it.`,
          }),
        ]),
    ...(remove === undefined
      ? []
      : [
          findingOf(target, `${what}-extra`, {
            place: id,
            expected: `not shared with ${remove}`,
            found: `shared with ${remove}`,
            todo: `${publish} revokes it.`,
          }),
        ]),
  ];
}

const audienceWords = ({ public: everybody, accounts, others }: Permission): string =>
  [...(everybody ? ['everybody'] : []), ...accounts, ...others].join(', ');

function lifecycleFindings(
  target: ComparedTarget,
  ami: Ami,
  { lifecycle = {}, current, sharedStatus, now, command }: Comparing,
): Finding[] {
  const { release } = target;
  const wanted = publishedState(lifecycle, ami);
  // An older release that never had shared tags does not mislead its users.
  const tells = current || Object.keys(ami.tags).some(isSharedTag);
  const tags =
    tells && sharedStatus
      ? sharedTagsOf(lifecycle, { release, ami }, sharedStatus(target.name), endOfLife(wanted, ami))
      : {};
  const changes = amiChanges({ ...wanted, tags }, ami, now);
  const todo = `${command('publish', release)} sets it.`;
  const differing = changes.flatMap((change): Finding[] => {
    switch (change.what) {
      case 'tag':
        return [
          findingOf(target, 'shared-tag-differs', {
            place: ami.id,
            expected: change.to === null ? `no tag ${change.key}` : `${change.key} "${change.to}"`,
            found: ami.tags[change.key] === undefined ? 'no such tag' : `"${ami.tags[change.key]}"`,
            todo,
          }),
        ];
      case 'deprecation':
        return [
          findingOf(target, 'deprecation-differs', {
            place: ami.id,
            expected: `deprecated from ${change.to?.slice(0, 10) ?? 'never'}`,
            found: ami.deprecated?.slice(0, 10) ?? 'no date',
            todo,
          }),
        ];
      case 'protection':
        return [
          findingOf(target, 'protection-differs', {
            place: ami.id,
            expected: `deregistration protection ${change.to ? 'on' : 'off'}`,
            found: ami.protection ?? 'disabled',
            todo,
          }),
        ];
      default:
        return [];
    }
  });
  const isDateWanted = !differing.some(({ code }) => code === 'deprecation-differs');
  return [...differing, ...(current && isDateWanted ? deprecationFindings(target, ami, now) : [])];
}

function deprecationFindings(target: ComparedTarget, ami: Ami, now: number): Finding[] {
  const { deprecated, created, public: isPublic } = ami;
  if (deprecated === undefined || Date.parse(deprecated) > now + deprecationWithin * day) return [];
  const isPast = Date.parse(deprecated) <= now;
  const byAws = isPublic && Math.abs(Date.parse(deprecated) - publicLimit(created)) < day;
  return [
    findingOf(target, isPast ? 'deprecated' : 'deprecation-near', {
      place: ami.id,
      expected: `no deprecation within ${deprecationWithin} days`,
      found: `deprecated from ${deprecated.slice(0, 10)}${byAws ? ', by AWS: two years after its creation' : ''}`,
      todo: byAws
        ? 'Publish a new release.'
        : 'Publish a new release, or set a later date ("deprecateAfter") and publish this one again.',
    }),
  ];
}

/** A base image of an AMI, as AWS shows it to this account. */
export interface SeenBase {
  /** `099720109477/ubuntu/images/…` */
  tag: string;
  /** Absent if this account sees none. */
  ami?: Ami;
  /** Why it was withdrawn, for a release of this account; absent if it was not. */
  yanked?: string;
}

/** Whether the base image of an AMI is gone or was withdrawn: the next build needs another one, and its users may, too. Pure. */
export function baseFindings(target: ComparedTarget, { tag, ami, yanked }: SeenBase): Finding[] {
  const todo = `Publish a new release from another base image; missing AMIs of ${target.release} can no longer be built.`;
  if (yanked !== undefined) {
    const found = `one that was yanked ${yanked}`;
    return [findingOf(target, 'base-yanked', { place: tag, expected: 'a base image in use', found, todo })];
  }
  if (ami?.state === 'available') return [];
  const found = ami === undefined ? 'none that this account can see' : `${ami.id}, which is ${ami.state}`;
  return [
    findingOf(target, 'base-missing', { place: tag, expected: 'a base image that exists', found, todo }),
  ];
}

const parameterCodes = {
  absent: 'parameter-missing',
  differs: 'parameter-differs',
  tags: 'parameter-differs',
  taken: 'parameter-taken',
} as const;

/**
 * SSM parameters that do not name the AMI they should name. Pure.
 *
 * @param command the command that makes a parameter name it: `gopackgo publish web@1.0.0`.
 */
export function parameterFindings(
  release: string,
  seen: readonly SeenParameter[],
  command: (one: SeenParameter, ...more: string[]) => string,
): Finding[] {
  return seen.flatMap((one): Finding[] => {
    const { wanted, status } = one;
    const { state, value, why } = status;
    const code = state in parameterCodes && parameterCodes[state as keyof typeof parameterCodes];
    if (wanted.ami === undefined || !code) return [];
    const held = [value, why].filter((part) => part !== undefined).join(', ');
    const isTaken = code === 'parameter-taken';
    return [
      {
        code,
        release,
        place: wanted.name,
        expected: wanted.ami.id,
        found: isTaken ? takenWords(status) : held || 'none',
        todo: isTaken ? todoOfTaken(one, command) : `${command(one)} writes it.`,
        target: wanted.target,
        region: wanted.region,
        ami: wanted.ami.id,
      },
    ];
  });
}

const todoOfTaken = (
  one: SeenParameter,
  command: (one: SeenParameter, ...more: string[]) => string,
): string =>
  canBeOverwritten(one.status)
    ? `${command(one, '--take-over-parameters')} overwrites it.`
    : `Delete it; then ${command(one)} writes it.`;

/**
 * A file that should name the AMIs of a release. Pure.
 *
 * @param would the changes that recording them would make; or a text that says why they cannot be recorded.
 * @param command the command that records them: `gopackgo promote web@1.0.0`.
 */
export function recordFindings(
  release: string,
  place: string,
  would: { added: number; replaced: number } | string,
  command: string,
): Finding[] {
  const expected = `the ids of ${release}`;
  const todo = `${command} writes it.`;
  if (typeof would === 'string') {
    return [
      {
        code: 'record-invalid',
        release,
        place,
        expected,
        found: would,
        todo: `Fix or move it; then ${todo}`,
      },
    ];
  }
  const { added, replaced } = would;
  const parts = [...(replaced > 0 ? [`${replaced} other`] : []), ...(added > 0 ? [`${added} missing`] : [])];
  if (parts.length === 0) return [];
  return [{ code: 'record-differs', release, place, expected, found: parts.join(', '), todo }];
}

/**
 * Whether the requested release was never built, or never completed. Pure.
 *
 * @param promotionStatus of its targets, if files follow the promoted release; absent: none do.
 */
export function releaseFindings(
  release: string,
  targets: readonly ComparedTarget[],
  promotionStatus: ReadonlyMap<string, PromotionStatus> | undefined,
  command: AdvisedCommand,
): Finding[] {
  const publish = command('publish', release);
  const todo = `${publish} completes it.`;
  if (targets.length > 0 && targets.every(({ status }) => status === 'absent')) {
    const none = { place: release, expected: 'an AMI for each target', found: 'none' };
    const isOptional = targets.every(({ required }) => !required);
    return [
      {
        code: 'release-missing',
        release,
        ...none,
        todo: `${publish} makes it.`,
        ...(isOptional ? { bestEffort: true as const } : {}),
      },
    ];
  }
  const required = targets.filter((one) => one.required);
  if (!required.every(({ status }) => status === 'verified' || status === 'shared')) return [];
  const unfinished = (expected: string, found: string): Finding[] => [
    { code: 'unfinished', release, place: release, expected, found, todo },
  ];
  if (required.some(({ ami }) => ami && !wasPublished(ami))) {
    return unfinished('a release that was published', 'one whose AMIs are not marked as published');
  }
  const isFirst = ({ name }: ComparedTarget) => promotionStatus?.get(name)?.is === 'first';
  return required.some(isFirst) ? unfinished('the promoted release', 'one that was never promoted') : [];
}

/** The parts of a yanked release that can still be used, by the changes that withdrawing it would make. Pure. */
export function yankFindings(
  release: string,
  reason: string,
  changes: readonly LifecycleChange[],
  command: AdvisedCommand,
): Finding[] {
  const again = command('yank', release, '--reason', quoted(reason === '' ? '…' : reason));
  const undo = command('yank', release, '--undo');
  return changes.map(({ change, name, target, region, from, to }) => ({
    code: 'yank-incomplete',
    release,
    place: name,
    expected: `${change === 'disabled' ? 'state' : change} ${to ?? 'none'}, since the release was yanked`,
    found: from ?? 'otherwise',
    todo: `${again} withdraws the rest of it; ${undo} shares it again.`,
    ...definedOnly({ target, region }),
  }));
}
