import type { Context } from '../aws/context.ts';
import type { ActionableError } from '../lib/actionable-error.ts';
import { withPromotionStatus } from '../lifecycle/look-up-promotion-status.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import { lookUpParameters, type SeenParameter, wantedParameters } from '../parameters/look.ts';
import { refusalForParameters } from '../parameters/taken.ts';
import { mayShare } from './affected-targets.ts';

/**
 * The parameters that this run would write, in their current state. None if its selection leaves required targets unbuilt,
 * since nothing is shared and recorded then. Changes nothing.
 */
export async function parametersToWrite(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  chosen: ReadonlySet<string>,
  options: { takeOver: boolean },
  context: Pick<Context, 'clients' | 'command'>,
): Promise<SeenParameter[]> {
  const wanted = mayShare(verdicts, chosen) ? wantedParameters(verdicts) : [];
  return lookUpParameters(plan, await withPromotionStatus(plan, wanted, context), options, context);
}

/**
 * Why a run may not start because of its parameters; undefined if it may. Pure.
 *
 * @param outcome the beginning of the message.
 */
export const parameterRefusal = (
  seen: readonly SeenParameter[],
  outcome: string,
): ActionableError | undefined =>
  refusalForParameters(seen, {
    unknown: {
      before: `${outcome}: the lookup of SSM parameters failed.`,
      after: 'Fix this, then run the same command again.',
    },
    taken: { before: `${outcome}: SSM parameters for the AMIs belong to someone else.` },
  });
