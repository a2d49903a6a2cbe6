import type { Refused } from '../checks/finding.ts';
import { exitStatus } from '../lib/exit-status.ts';
import { refusals } from '../lib/refusal-codes.ts';

/**
 * The exit of `publish` if checks refuse something: 2 for a mistake in the config, otherwise 4. Each refusal is already on the
 * screen, with its advice. Undefined if there is none. Pure.
 */
export function refusalByChecks(refused: readonly Refused[]) {
  if (refused.length === 0) return undefined;
  const isConfig = refused.some(({ code }) => refusals[code].exit === exitStatus.usage);
  return {
    refusal: 'checks',
    status: isConfig ? exitStatus.usage : exitStatus.refused,
    message: isConfig
      ? 'publish would be refused: Packer would not accept this config. What to do about it is above.'
      : refused.every(({ code }) => code.startsWith('git-'))
        ? 'publish would be refused: the git repository is not as the config requires. What to do about it is above.'
        : 'publish would be refused: AWS would not accept what this config asks for. What to do about it is above.',
  };
}
