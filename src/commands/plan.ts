import { exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { failedCallOf } from '../model/status.ts';
import { verify } from '../observe/verify.ts';
import type { ReviewedPlan } from '../plan/diff-plans.ts';
import { affectedTargets } from '../publish/affected-targets.ts';
import { checkBeforeBuilding } from '../publish/checks.ts';
import { explainStatus, planSummary } from '../publish/plan-summary.ts';
import { planTable } from '../report/plan-table.ts';
import { revokedAccess } from '../share/revoked-access.ts';
import { createContext } from './create-context.ts';
import type { Host } from './host.ts';
import { whereOptions } from './next-commands.ts';
import { withRelease } from './open-release.ts';
import { writePlanFile } from './plan-file.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { statusesOf } from './release-plan-file.ts';
import { say, sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

/** Shows what exists, what would be built and shared with whom. Changes nothing in AWS; writes the plan to `out`. */
export function plan(args: ReleaseArguments & { out?: string }, host: Host): Promise<number> {
  return withRelease(args, host, async (release) => {
    const { plan: all, chosen } = release;
    const context = createContext(release, host);
    const everything = await verify(all, all.targets, context, 'one look');
    const { checks } = await checkBeforeBuilding({ plan: all, verdicts: everything }, chosen, context);
    const verdicts = affectedTargets(all, everything, chosen);
    const unknown = verdicts.some(({ target, status }) => target.required && status.is === 'unknown');
    if (args.out !== undefined && !unknown) {
      const statuses = statusesOf(planSummary(all, everything));
      await writePlanFile<ReviewedPlan>(args.out, host.cwd, {
        ...all,
        selected: [...chosen],
        statuses,
        ...(Object.keys(args.variables).length > 0 ? { variables: args.variables } : {}),
      });
    }
    release.looked();
    if (args.json) {
      const targets = verdicts.map((verdict) => {
        const { target, status } = verdict;
        return {
          ...target,
          status: status.is,
          ...definedOnly({
            takenFrom: revokedAccess(verdict, all),
            why: explainStatus(status),
            failedCall: failedCallOf(status),
          }),
        };
      });
      sayJson(host.stdout, { ...all, targets, checks }, 2);
    } else {
      const summary = { ...planSummary(all, verdicts), checks };
      show(host.stdout, planTable(summary, widthOf(host), paintFor(host)));
    }
    if (args.out !== undefined) say(host.stderr, describeOut(args.out, unknown, args));
    return unknown ? exitStatus.failed : exitStatus.done;
  });
}

const describeOut = (file: string, unknown: boolean, args: ReleaseArguments): string =>
  unknown
    ? `${file} was not written: some of AWS could not be looked up, so the plan could not be compared later.`
    : `${file} is written. To apply exactly this plan: gopackgo publish ${args.publication}${whereOptions(args)} --plan ${file}`;
