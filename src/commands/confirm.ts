import { ActionableError } from '../lib/actionable-error.ts';
import { printable } from '../lib/printable.ts';
import type { Host } from './host.ts';

/**
 * Asks the person at the terminal.
 *
 * @param refusal the message for an answer that does not agree.
 * @returns whether the answer agreed; false if there is no terminal.
 * @throws ActionableError (4) for any other answer.
 */
export async function confirm(
  question: string,
  { agrees, refusal }: { agrees(answer: string): boolean; refusal(answer: string): string },
  host: Pick<Host, 'ask'>,
): Promise<boolean> {
  const answer = (await host.ask(printable(question)))?.trim();
  if (answer === undefined) return false;
  if (agrees(answer)) return true;
  throw new ActionableError('not-confirmed', refusal(answer));
}
