import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import type { CleanupPlan } from '../model/events.ts';
import { amountsInWords, amountsOf, numberToType } from '../report/cleanup-amounts.ts';
import type { Host } from './host.ts';

/**
 * Whether a plan that was shown is to be applied: `--yes` has said so; at a terminal the number of AMIs, typed, does. Where
 * there is nothing to delete, or nobody to ask, it is only shown.
 *
 * @throws ActionableError (4) for any other answer.
 */
export async function confirmCleanup(
  plan: CleanupPlan,
  { yes, json, out }: { yes: boolean; json: boolean; out?: string },
  host: Pick<Host, 'ask'>,
): Promise<boolean> {
  if (yes) return true;
  const amounts = amountsOf(plan);
  const number = numberToType(amounts);
  if (number === 0 || json || out !== undefined) return false;
  const answer = await host.ask(`Type ${number} to delete ${amountsInWords(amounts)}: `);
  if (answer === undefined) return false;
  if (answer.trim() === String(number)) return true;
  throw new ActionableError(
    `Nothing was deleted: expected the answer ${number}, found ${JSON.stringify(answer.trim())}.`,
    exitStatus.refused,
  );
}
