import { definedOnly } from '../lib/defined-only.ts';
import { shellWord } from '../lib/shell-word.ts';
import { failedCallOf } from '../model/status.ts';
import { describeParameters } from '../parameters/look.ts';
import type { ReviewedPlan } from '../plan/diff-plans.ts';
import { explainStatus, planSummary } from '../publish/plan-summary.ts';
import { planTable } from '../report/plan-table.ts';
import { revokedAccess } from '../share/revoked-access.ts';
import type { Host } from './host.ts';
import { type DecidingArguments, lookAndCheck } from './look-and-check.ts';
import { whereOptions } from './next-commands.ts';
import { type OpenRelease, withRelease } from './open-release.ts';
import { writePlanFile } from './plan-file.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { statusesOf } from './release-plan-file.ts';
import { say, sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

export interface PlanArguments extends DecidingArguments {
  out?: string;
}

/**
 * Shows what exists, what would be built and shared with whom. Changes nothing in AWS; writes the plan to `out`.
 *
 * @returns 0 where `publish` with the same options would start; 1 where something required could not be looked up; 2 where
 * the config is wrong; 4 where `publish` would be refused.
 */
export function plan(args: PlanArguments, host: Host): Promise<number> {
  return withRelease(args, host, async (release) => {
    const { plan: all, chosen } = release;
    const { everything, verdicts, missing, replaceable, parameters, checked, refusal, exit } =
      await lookAndCheck(args, release, host, { all: false });
    const { checks } = checked;
    const described = describeParameters(parameters);
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
    if (args.json) {
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
      sayJson(host.stdout, { ...all, targets, checks, ...described }, 2);
    } else {
      const summary = { ...planSummary(all, verdicts, replaceable, missing), checks, ...described };
      show(host.stdout, planTable(summary, widthOf(host), paintFor(host)));
    }
    if (args.out !== undefined) say(host.stderr, describeOut(args.out, unknown, args));
    if (refusal !== undefined && !unknown) say(host.stderr, refusal.message);
    return exit;
  });
}

/** Only Packer needs them: a plan is made without. */
function sayOfSecrets({ secrets = new Map() }: OpenRelease['publication'], host: Host): void {
  const names = [...secrets].flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (names.length === 0) return;
  say(
    host.stderr,
    `publish needs a value for ${names.join(', ')}: set ${names.map((name) => `GOPACKGO_VAR_${name}`).join(', ')}, or name a file with --var-file.`,
  );
}

const describeOut = (file: string, unknown: boolean, args: ReleaseArguments): string =>
  unknown
    ? `${file} was not written: some of AWS could not be looked up, so the plan could not be compared later.`
    : `${file} is written. To apply exactly this plan: gopackgo publish ${shellWord(args.publication)}${whereOptions(args)} --plan ${shellWord(file)}`;
