import { isReplaced, nothingReplaceable, type Replaceable } from '../build/replaceable.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import type { Problem } from '../lib/problem.ts';
import { shownStatus } from '../lifecycle/compared-target.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import { commandToEnable } from '../model/ami.ts';
import type { PlanSummary } from '../model/events.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { failedCallOf, isMixed, type Obstacle, type Status } from '../model/status.ts';
import { isVerified, type Verdict } from '../observe/verify.ts';
import { revokedAccess } from '../share/revoked-access.ts';

/**
 * The wanted, existing and replaced AMIs, for a person to read before anything is built. Pure.
 *
 * @param missing required targets that are neither among the verdicts nor verified; without them nothing is shared.
 */
export function planSummary(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  replaceable: Replaceable = nothingReplaceable,
  missing = 0,
): PlanSummary {
  const [freed, others] = [true, false].map((goes) =>
    verdicts.filter(({ target }) => isReplaced(replaceable, target) === goes),
  ) as [Verdict[], Verdict[]];
  const count = (is: (status: Status) => boolean) => others.filter(({ status }) => is(status)).length;
  const lacking = [...freed, ...others.filter(({ status: { is } }) => is === 'absent' || is === 'failed')];
  const toCopy = lacking.filter(({ target }) => target.copy).length;
  return {
    type: 'planned',
    release: plan.release,
    account: plan.account,
    endpoint: plan.endpoint,
    regions: [...new Set(plan.targets.map(({ region }) => region))],
    targets: verdicts.map((verdict) => {
      const { target, status } = verdict;
      const { name, region, amiName, base, loginUser } = target;
      return {
        name,
        region,
        amiName,
        base: {
          id: base.id,
          name: base.name,
          via: base.via,
          ...definedOnly({ deprecated: base.deprecated || undefined, release: base.release }),
        },
        status: shownStatus(status),
        ...definedOnly({
          ami: 'ami' in status ? status.ami.id : undefined,
          loginUser,
          newerBase: target.newerBase,
          mixed: isMixed(status) || undefined,
          copyFrom: target.copy?.from,
          copyWithin: target.copy?.within,
          encryption: target.encryption && definedOnly({ kmsKey: target.encryption.kmsKey }),
          takenFrom: missing > 0 ? undefined : revokedAccess(verdict, plan),
          why: explainStatus(status),
          failedCall: failedCallOf(status),
        }),
      };
    }),
    toBuild: lacking.length - toCopy,
    present: count(isVerified),
    inConflict: count((status) => shownStatus(status) === 'conflict'),
    public: plan.sharing.public,
    accounts: plan.sharing.accounts,
    organizations: plan.sharing.organizations,
    ...definedOnly({
      toCopy: toCopy || undefined,
      othersMissing: missing || undefined,
      candidate: plan.candidate,
      timeouts: plan.timeouts,
      leftOut: plan.leftOut?.map(({ image: _, ...leftOut }) => leftOut),
      replaces: replaceable.replaces.length > 0 ? replaceable.replaces.map(toReplaced) : undefined,
      takesOver: replaceable.takesOver.length > 0 ? replaceable.takesOver.map(toTakenOver) : undefined,
    }),
  };
}

const toReplaced = ({ target, ami, snapshots }: Replaceable['replaces'][number]) => ({
  target: target.name,
  ami: ami.id,
  snapshots,
});

const toTakenOver = ({ target, builder: { host, instance } }: Replaceable['takesOver'][number]) => ({
  target: target.name,
  host,
  instance: instance.id,
  since: instance.launched,
});

/** The reason for a target's status, if the status does not explain itself. */
export function explainStatus(status: Status): string | undefined {
  switch (status.is) {
    case 'conflict':
    case 'failed':
      return status.why;
    case 'unknown':
      return describeLookupError(status.error);
    case 'wrong':
      return status.differences
        .map(({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`)
        .join('; ');
    case 'building':
      return `on ${status.where}${status.since ? ` since ${status.since}` : ''}`;
    case 'pending':
    case 'verified':
    case 'shared':
      return status.mixed ? keptAsItIs : undefined;
    case 'built':
      if (status.mixed) return keptAsItIs;
      if (status.deprecateAt !== undefined) return 'it lacks the deprecation date of its source';
      return status.adopt ? 'it lacks tags: Packer was killed before it wrote them' : undefined;
    default:
      return undefined;
  }
}

const keptAsItIs = 'built from another recipe, kept as it is (--accept-mixed)';

/**
 * Best-effort targets never block the start: they are skipped, and the result says why.
 *
 * @throws ActionableError (4) if a required target is in conflict or wrong, which a build cannot fix; (1) if the lookup of one
 * failed.
 */
export function refuseToStart(verdicts: readonly Verdict[]): void {
  const refusal = refusalToStart(verdicts, 'Nothing was built');
  if (refusal) throw refusal;
}

/**
 * The error that `refuseToStart` throws; undefined if the run may start. Pure.
 *
 * @param outcome the beginning of the message.
 */
export function refusalToStart(verdicts: readonly Verdict[], outcome: string): ActionableError | undefined {
  const required = verdicts.filter(({ target }) => target.required);
  const explain = (found: Verdict[]) =>
    groupMessages(
      found.map(({ target: { name, region }, status }) => ({
        name,
        region,
        text: explainStatus(status) ?? status.is,
      })),
    )
      .flatMap(({ first, others }) => [
        `  ${first.name}: ${first.text}`,
        `    ${sameForOthers(others) ?? ''}`,
      ])
      .filter((line) => line.trim() !== '')
      .join('\n');
  const unknown = required.filter(({ status }) => status.is === 'unknown');
  if (unknown.length > 0) {
    return new ActionableError('lookup-failed', unknown.flatMap(unanswered), {
      before: `${outcome}: the lookup of what exists in AWS failed.`,
      lines: [explain(unknown)],
      after: 'Fix this, then run the same command again.',
    });
  }
  const against = required.filter(({ status }) => status.is === 'conflict' || status.is === 'wrong');
  if (against.length === 0) return undefined;
  return new ActionableError(
    'conflict',
    `${outcome}: what exists in AWS is not what the config asks for.\n${explain(against)}\n` +
      `gopackgo never changes an existing AMI.${conflictAdvice(against)}`,
  );
}

/**
 * Why a yanked or retired release is not published. One AMI with the tag is enough, required or not, whatever was selected.
 * Undefined if there is none. Pure.
 */
export function withdrawnRefusal(
  { release }: Pick<ReleasePlan, 'release'>,
  verdicts: readonly Verdict[],
  outcome: string,
  command: AdvisedCommand,
): ActionableError | undefined {
  const all = verdicts.filter(isWithdrawn);
  const withdrawn = all.find(({ status }) => isYanked(status)) ?? all[0];
  if (withdrawn === undefined) return undefined;
  const is = isYanked(withdrawn.status) ? 'yanked' : 'retired';
  const problem = {
    place: withdrawn.target.name,
    expected: `a release that was not ${is === 'yanked' ? 'withdrawn' : is}`,
    found: explainStatus(withdrawn.status) ?? is,
    advice:
      is === 'yanked'
        ? `Publish another version, or undo that: ${command('yank', release, '--undo')}`
        : `Publish another version, or undo that: ${command('cleanup', release, '--restore')}`,
  };
  return new ActionableError(`release-${is}`, problem, { before: `${outcome}: ${release} was ${is}.` });
}

const isYanked = (status: Status): boolean => status.is === 'conflict' && status.by === 'yanked';

/** Whether one of the target's AMIs says that its release was yanked or retired. */
export const isWithdrawn = ({ status }: Verdict): boolean =>
  isYanked(status) || (status.is === 'conflict' && status.by === 'retired');

/** The failed call, as the parts of a message. */
function unanswered({ target, status }: Verdict): Problem[] {
  const call = failedCallOf(status);
  if (call === undefined) return [];
  const { operation, region, code, message } = call;
  return [
    {
      place: target.name,
      expected: `an answer to ${operation} in ${region}`,
      found: `${code}: ${message}`,
    },
  ];
}

/** Raising the version does not help against another release's AMI; `explainStatus` says what helps. */
function conflictAdvice(against: readonly Verdict[]): string {
  const disabled = against.flatMap(({ status }) => (isOnlyDisabled(status) ? [status.ami] : []));
  const enable =
    disabled.length === 0
      ? ''
      : ` Enable disabled AMIs to share them again:\n${disabled.map((ami) => `  ${commandToEnable(ami)}`).join('\n')}\n`;
  const others = against.filter(
    ({ status }) => !isOnlyDisabled(status) && (status.is !== 'conflict' || !hasOwnAdvice.has(status.by)),
  );
  if (others.length === 0) return enable.trimEnd();
  return (
    `${enable} Raise "version" in the config to build new AMIs next to it, ` +
    `or undo the change in the config.${optionsForMixed(others)}`
  );
}

const isOnlyDisabled = (status: Status): status is Extract<Status, { is: 'wrong' }> =>
  status.is === 'wrong' &&
  status.differences.every(({ what, found }) => what === 'state' && found === 'disabled');

const hasOwnAdvice: ReadonlySet<Obstacle> = new Set<Obstacle>(['another release', 'two AMIs']);

const hasOptions: ReadonlySet<Obstacle> = new Set<Obstacle>(['another recipe', 'another source']);

/** The options for AMIs of another recipe or source that have the names. */
function optionsForMixed(against: readonly Verdict[]): string {
  const mixed = against.filter(({ status }) => status.is === 'conflict' && hasOptions.has(status.by));
  if (mixed.length === 0) return '';
  const [these, alone] =
    mixed.length === 1
      ? ['it', 'it and it is not recorded']
      : [`these ${mixed.length}`, 'them and they are not recorded'];
  return (
    ` Or add one of these options to the same command:\n` +
    `  --replace       removes ${these} and rebuilds, if no other account may use ${alone}\n` +
    `  --accept-mixed  keeps ${these}, builds only what is missing, and reports the mix`
  );
}
