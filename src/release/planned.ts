import type { Planned } from '../events.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import type { Plan } from '../plan/plan.ts';
import type { Standing } from './standing.ts';
import { isVerified, type Verdict } from './verify.ts';

/** What is asked for and what stands already, for a person to read before anything is made. Pure. */
export function planned(plan: Plan, verdicts: readonly Verdict[]): Planned {
  const count = (is: (standing: Standing) => boolean) =>
    verdicts.filter(({ standing }) => is(standing)).length;
  return {
    type: 'planned',
    release: plan.release,
    account: plan.account,
    endpoint: plan.endpoint,
    regions: [...new Set(plan.targets.map(({ region }) => region))],
    targets: verdicts.map(({ target, standing }) => {
      const { name, region, amiName, base } = target;
      const reason = why(standing);
      return {
        name,
        region,
        amiName,
        base: {
          id: base.id,
          name: base.name,
          via: base.via,
          ...(base.deprecated ? { deprecated: true as const } : {}),
        },
        standing: standing.is,
        ...('ami' in standing ? { ami: standing.ami.id } : {}),
        ...(reason === undefined ? {} : { why: reason }),
      };
    }),
    toBuild: count(({ is }) => is === 'absent' || is === 'failed'),
    present: count(isVerified),
    inConflict: count(({ is }) => is === 'conflict'),
    public: plan.sharing.public,
    accounts: plan.sharing.accounts,
    organizations: plan.sharing.organizations,
  };
}

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
    case 'built':
      return standing.adopt ? 'it lacks the tags that Packer did not live to write' : undefined;
    default:
      return undefined;
  }
}

/**
 * What does not have to exist speaks against nothing: it is left out, and the result says why.
 *
 * @throws ActionableError (4) where a required one is in conflict or wrong: a build could not mend it; (1) where
 * one could not be looked at.
 */
export function refuseToStart(verdicts: readonly Verdict[]): void {
  const mine = verdicts.filter(({ target }) => target.required);
  const said = (found: Verdict[]) =>
    found.map(({ target, standing }) => `  ${target.name}: ${why(standing)}`).join('\n');
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
        'An AMI that exists is never changed. Raise "version" in the config to make new ones beside it, ' +
        'or undo the change of the config.',
      exitStatus.refused,
    );
  }
}
