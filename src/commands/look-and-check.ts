import { isReplaced, type Replaceable, replaceableOf } from '../build/replaceable.ts';
import type { ExitStatus } from '../lib/exit-status.ts';
import { exitStatus } from '../lib/exit-status.ts';
import { isVerified, type Verdict, verify } from '../observe/verify.ts';
import type { SeenParameter } from '../parameters/look.ts';
import { affectedTargets, othersMissing } from '../publish/affected-targets.ts';
import { type Checked, checkBeforeBuilding } from '../publish/checks.ts';
import { parameterRefusal, parametersToWrite } from '../publish/parameters.ts';
import { refusalToStart, withdrawnRefusal } from '../publish/plan-summary.ts';
import { amisInUse } from './amis-in-use.ts';
import { checkedByPacker } from './checked-by-packer.ts';
import { checkedHere } from './checked-here.ts';
import { createContext } from './create-context.ts';
import { refusePushOfNothing } from './git-of-release.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';
import { refusalByChecks } from './refusal-by-checks.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { shellLocalRefusal } from './shell-local.ts';
import { winrmRefusal } from './winrm.ts';

/** Arguments that decide whether `publish` would start; it shares them with `plan` and `doctor`. */
export interface DecidingArguments extends ReleaseArguments {
  runLocal: boolean;
  replace: boolean;
  takeOver: boolean;
  takeOverParameters: boolean;
  /** Whether the git tag of the release is pushed. */
  push: boolean;
}

export interface LookedAndChecked {
  /** Verdicts of all targets. */
  everything: Verdict[];
  /** Verdicts of the targets that the run would touch. */
  verdicts: Verdict[];
  /** Required targets that are not selected, and not verified. */
  missing: number;
  replaceable: Replaceable;
  /** SSM parameters that would be written. */
  parameters: SeenParameter[];
  checked: Checked;
  /** The refusal of `publish`, if it would be refused. */
  refusal?: { refusal: string; status: ExitStatus; message: string };
  /** Whether `publish` would start, as an exit status. */
  exit: ExitStatus;
}

/**
 * Looks at what exists and runs the checks before building, as `publish` would. Changes nothing.
 *
 * @param all whether to check everything as if nothing had been built yet; otherwise only what remains to be done.
 */
export async function lookAndCheck(
  args: DecidingArguments,
  release: OpenRelease,
  host: Host,
  { all }: { all: boolean },
): Promise<LookedAndChecked> {
  const { plan, chosen, publication } = release;
  refusePushOfNothing(args, publication);
  const context = createContext(release, host);
  const everything = await verify(plan, plan.targets, context, 'one look');
  const isToBuild = ({ target, status }: Verdict) => chosen.has(target.name) && (all || !isVerified(status));
  const checked = await checkBeforeBuilding({ plan, verdicts: everything }, chosen, context, {
    evenBuilt: all,
    others: async () => {
      const toBuild = everything.some(isToBuild);
      const byPacker = toBuild ? checkedByPacker(publication, plan, host) : [];
      return (await Promise.all([byPacker, checkedHere(release, host, { toBuild, push: args.push })])).flat();
    },
  });
  const verdicts = affectedTargets(plan, everything, chosen);
  const missing = othersMissing(everything, chosen);
  const recorded = args.replace ? await amisInUse(release, host, args) : new Set<string>();
  const selected = everything.filter(({ target }) => chosen.has(target.name));
  const replaceable = replaceableOf(plan, selected, args, recorded);
  const takeOver = args.takeOverParameters;
  const parameters = await parametersToWrite(plan, everything, chosen, { takeOver }, context);
  const stays = verdicts.filter(({ target }) => !isReplaced(replaceable, target));
  const refusal =
    withdrawnRefusal(plan, everything, 'publish would be refused', release.command) ??
    refusalToStart(stays, 'publish would be refused') ??
    refusalByChecks(checked.refused) ??
    parameterRefusal(parameters, 'publish would be refused') ??
    shellLocalRefusal(args, release) ??
    winrmRefusal(release);
  const unanswered = checked.unknown.length > 0;
  return {
    everything,
    verdicts,
    missing,
    replaceable,
    parameters,
    checked,
    ...(refusal ? { refusal } : {}),
    exit: refusal?.status ?? (unanswered ? exitStatus.failed : exitStatus.done),
  };
}
