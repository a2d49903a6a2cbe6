import type { CleanupPlan } from '../model/events.ts';
import { amountsOf, intentInWords, numberToType } from '../report/cleanup-amounts.ts';
import { confirm } from './confirm.ts';
import type { Host } from './host.ts';

/**
 * Asks whether to apply the plan on the screen; the answer is the number of AMIs. `--yes` asks nothing. If there is nothing to
 * delete, or no terminal, the plan is only shown.
 *
 * @returns whether to apply it.
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
  return confirm(
    `Type ${number} to ${intentInWords(amounts)}: `,
    {
      agrees: (answer) => answer === String(number),
      refusal: (answer) =>
        `Nothing was deleted: expected the answer ${number}, found ${JSON.stringify(answer)}.`,
    },
    host,
  );
}
