import { type InTheWay, makesWayFor, nothingInTheWay } from '../build/replaceable.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { inSameWords, sameWith } from '../lib/group-messages.ts';
import { isCandidate } from '../model/candidate.ts';
import type { Planned } from '../model/events.ts';
import type { Plan } from '../model/release-plan.ts';
import { isMixed, type Obstacle, type Standing } from '../model/status.ts';
import { isVerified, type Verdict } from '../observe/verify.ts';
import { takenFrom } from '../share/revoked-access.ts';

/** What is asked for, what stands already and what goes for it, for a person to read before anything is made. Pure. */
export function planned(plan: Plan, verdicts: readonly Verdict[], way: InTheWay = nothingInTheWay): Planned {
  const [freed, others] = [true, false].map((goes) =>
    verdicts.filter(({ target }) => makesWayFor(way, target) === goes),
  ) as [Verdict[], Verdict[]];
  const count = (is: (standing: Standing) => boolean) => others.filter(({ standing }) => is(standing)).length;
  return {
    type: 'planned',
    release: plan.release,
    account: plan.account,
    endpoint: plan.endpoint,
    regions: [...new Set(plan.targets.map(({ region }) => region))],
    targets: verdicts.map((verdict) => {
      const { target, standing } = verdict;
      const { name, region, amiName, base } = target;
      return {
        name,
        region,
        amiName,
        base: {
          id: base.id,
          name: base.name,
          via: base.via,
          ...definedOnly({ deprecated: base.deprecated || undefined }),
        },
        standing: standing.is,
        ...definedOnly({
          ami: 'ami' in standing ? standing.ami.id : undefined,
          mixed: isMixed(standing) || undefined,
          takenFrom: takenFrom(verdict, plan),
          why: why(standing),
        }),
      };
    }),
    toBuild: freed.length + count(({ is }) => is === 'absent' || is === 'failed'),
    present: count(isVerified),
    inConflict: count(({ is }) => is === 'conflict'),
    public: plan.sharing.public,
    accounts: plan.sharing.accounts,
    organizations: plan.sharing.organizations,
    ...definedOnly({
      candidate: isCandidate(plan.version) || undefined,
      leftOut: plan.leftOut?.map(({ name, region, why }) => ({ name, region, why })),
      replaces: way.replaces.length > 0 ? way.replaces.map(asReplaced) : undefined,
      takesOver: way.takesOver.length > 0 ? way.takesOver.map(asTakenOver) : undefined,
    }),
  };
}

const asReplaced = ({ target, ami, snapshots }: InTheWay['replaces'][number]) => ({
  target: target.name,
  ami: ami.id,
  snapshots,
});

const asTakenOver = ({ target, builder: { host, instance } }: InTheWay['takesOver'][number]) => ({
  target: target.name,
  host,
  instance: instance.id,
  since: instance.launched,
});

/** Why a target stands as it does, where its word does not say it all. */
export function why(standing: Standing): string | undefined {
  switch (standing.is) {
    case 'conflict':
    case 'failed':
      return standing.why;
    case 'unknown':
      return `${standing.error.operation} in ${standing.error.region}: ${standing.error.code}: ${standing.error.message}`;
    case 'wrong':
      return standing.differences
        .map(({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`)
        .join('; ');
    case 'building':
      return `on ${standing.where}${standing.since ? ` since ${standing.since}` : ''}`;
    case 'pending':
    case 'verified':
    case 'shared':
      return standing.mixed ? keptAsItIs : undefined;
    case 'built':
      if (standing.mixed) return keptAsItIs;
      return standing.adopt ? 'it lacks the tags that Packer did not live to write' : undefined;
    default:
      return undefined;
  }
}

const keptAsItIs = 'made from another recipe, and kept as it is (--accept-mixed)';

/**
 * What does not have to exist speaks against nothing: it is left out, and the result says why.
 *
 * @throws ActionableError (4) where a required one is in conflict or wrong: a build could not mend it; (1) where
 * one could not be looked at.
 */
export function refuseToStart(verdicts: readonly Verdict[]): void {
  const mine = verdicts.filter(({ target }) => target.required);
  const said = (found: Verdict[]) =>
    inSameWords(
      found.map(({ target: { name, region }, standing }) => ({
        name,
        region,
        text: why(standing) ?? standing.is,
      })),
    )
      .flatMap(({ first, others }) => [`  ${first.name}: ${first.text}`, `    ${sameWith(others) ?? ''}`])
      .filter((line) => line.trim() !== '')
      .join('\n');
  const unknown = mine.filter(({ standing }) => standing.is === 'unknown');
  if (unknown.length > 0) {
    throw new ActionableError(
      `Nothing was made: AWS could not be asked what exists.\n${said(unknown)}\nMend that, then run the same command again.`,
      exitStatus.failed,
    );
  }
  const against = mine.filter(({ standing }) => standing.is === 'conflict' || standing.is === 'wrong');
  if (against.length > 0) {
    throw new ActionableError(
      `Nothing was made: what stands in AWS is not what the config asks for.\n${said(against)}\n` +
        `An AMI that exists is never changed.${advice(against)}`,
      exitStatus.refused,
    );
  }
}

/** Another release's AMI stands in the way of new versions, too: what to do about it is said with it. */
function advice(against: readonly Verdict[]): string {
  const others = against.filter(
    ({ standing }) => standing.is !== 'conflict' || !saysWhatToDo.has(standing.by),
  );
  if (others.length === 0) return '';
  return (
    ' Raise "version" in the config to make new ones beside it, ' +
    `or undo the change of the config.${waysOn(others)}`
  );
}

const saysWhatToDo: ReadonlySet<Obstacle> = new Set<Obstacle>(['another release', 'two AMIs']);

/** What else can be done where AMIs of another recipe have the names. */
function waysOn(against: readonly Verdict[]): string {
  const mixed = against.filter(
    ({ standing }) => standing.is === 'conflict' && standing.by === 'another recipe',
  );
  if (mixed.length === 0) return '';
  const [these, alone] =
    mixed.length === 1
      ? ['it', 'it and it is not recorded']
      : [`these ${mixed.length}`, 'them and they are not recorded'];
  return (
    ` Or add one of these to the same command:\n` +
    `  --replace       removes ${these} and builds anew, where nobody else may use ${alone}\n` +
    `  --accept-mixed  keeps ${these} as made before, builds only what is missing, and says so`
  );
}
