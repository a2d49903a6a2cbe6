import { exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { shellWord } from '../lib/shell-word.ts';
import type { Comparison } from '../model/plan-output.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { failedCallOf } from '../model/status.ts';
import { isComplete } from '../observe/verify.ts';
import { describeParameters } from '../parameters/look.ts';
import type { ReviewedPlan } from '../plan/diff-plans.ts';
import { explainStatus, planSummary } from '../publish/plan-summary.ts';
import { planTable } from '../report/plan-table.ts';
import { revokedAccess } from '../share/revoked-access.ts';
import { advisedCommand } from './advised-command.ts';
import type { Host } from './host.ts';
import { type ComparingArguments, compareWithPublished, describeComparison } from './if-changed.ts';
import { type DecidingArguments, type LookedAndChecked, lookAndCheck } from './look-and-check.ts';
import { type OpenRelease, withRelease } from './open-release.ts';
import { writePlanFile } from './plan-file.ts';
import { statusesOf } from './release-plan-file.ts';
import { say, sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

export interface PlanArguments extends DecidingArguments, ComparingArguments {
  out?: string;
}

/**
 * Shows what exists, what would be built, and who it would be shared with. Changes nothing in AWS; writes the plan to `out`.
 *
 * @returns 0 if `publish` with the same options would start; 1 if something required could not be looked up; 2 if the config is
 * wrong; 4 if `publish` would be refused. 0 if there is no reason for a new release (`ifChanged`).
 */
export async function plan(args: PlanArguments, host: Host): Promise<number> {
  const compared = args.ifChanged ? await compareWithPublished(args, host) : undefined;
  if (compared) {
    if (!args.json) say(host.stdout, describeComparison(compared));
    else if (!compared.changed) sayJson(host.stdout, compared, 2);
    if (!compared.changed) return exitStatus.done;
  }
  return withRelease(args, host, async (release) => {
    const { plan: all, chosen } = release;
    const looked = await lookAndCheck(args, release, host, { all: false });
    const { everything, refusal, exit } = looked;
    const unknown = refusal?.refusal === 'lookup-failed';
    if (args.out !== undefined && !unknown) {
      const statuses = statusesOf(planSummary(all, everything));
      await writePlanFile<ReviewedPlan>(args.out, host.cwd, {
        ...all,
        selected: [...chosen],
        statuses,
        ...definedOnly({ variables: release.publication.givenVariables }),
      });
    }
    release.looked();
    sayOfSecrets(release.publication, host);
    if (args.json) sayJson(host.stdout, planJson(all, looked, compared), 2);
    else show(host.stdout, planText(all, looked, host));
    if (args.out !== undefined) say(host.stderr, describeOut(args.out, unknown, args));
    if (refusal !== undefined && !unknown) say(host.stderr, refusal.message);
    return exit;
  });
}

/** The plan for a program. */
function planJson(
  all: ReleasePlan,
  { verdicts, missing, parameters, checked: { checks } }: LookedAndChecked,
  compared?: Comparison,
) {
  const targets = verdicts.map((verdict) => {
    const { target, status } = verdict;
    return {
      ...target,
      status: status.is,
      ...definedOnly({
        takenFrom: missing > 0 ? undefined : revokedAccess(verdict, all),
        why: explainStatus(status),
        failedCall: failedCallOf(status),
      }),
    };
  });
  const more = compared ? { changed: compared.changed, changes: compared.changes } : {};
  return { ...all, targets, checks, ...describeParameters(parameters), ...more };
}

/** The plan for a person. */
function planText(
  all: ReleasePlan,
  { verdicts, replaceable, missing, parameters, checked: { checks } }: LookedAndChecked,
  host: Host,
): string {
  const described = describeParameters(parameters);
  const summary = { ...planSummary(all, verdicts, replaceable, missing), checks, ...described };
  return planTable(summary, widthOf(host), paintFor(host));
}

/** The plan of one of several publications that are published in sequence. */
export interface OneOfSeveral {
  /** For a person. */
  text: string;
  json: ReturnType<typeof planJson>;
  /** Why `publish` would be refused. */
  refused?: string;
  /** `plan`'s exit status. */
  exit: number;
  /** Whether all of it exists already. */
  complete: boolean;
}

/** @param compared the reasons for a new release, if they were requested. */
export function planOfSeveral(
  args: DecidingArguments,
  host: Host,
  compared: Comparison | undefined,
): Promise<OneOfSeveral> {
  return withRelease(args, host, async (release) => {
    const looked = await lookAndCheck(args, release, host, { all: false });
    release.looked();
    const { refusal, exit, everything } = looked;
    return {
      text: planText(release.plan, looked, host),
      json: planJson(release.plan, looked, compared),
      ...definedOnly({ refused: refusal?.message }),
      exit,
      complete: everything.every((verdict) => isComplete(verdict, release.plan)),
    };
  });
}

/** Only Packer needs them, so a plan is made without them. */
function sayOfSecrets({ secrets = new Map() }: OpenRelease['publication'], host: Host): void {
  const names = [...secrets].flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (names.length === 0) return;
  say(
    host.stderr,
    `publish also needs ${names.map((name) => `GOPACKGO_VAR_${name}`).join(', ')} in its environment, or a file with --var-file: ` +
      'secrets, which a plan does not need.',
  );
}

/** The plan contains the variables, and which AMIs count. */
const publishPlan = (file: string, args: PlanArguments): string =>
  advisedCommand({ ...args, variables: {}, variableFiles: [], acceptMixed: false })(
    'publish',
    args.publication,
    '--plan',
    shellWord(file),
  );

const describeOut = (file: string, unknown: boolean, args: PlanArguments): string =>
  unknown
    ? `${file} was not written: some of AWS could not be looked up, so the plan could not be compared later.`
    : `${file} is written. To apply exactly this plan: ${publishPlan(file, args)}`;
