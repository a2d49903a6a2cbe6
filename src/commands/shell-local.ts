import { ActionableError } from '../lib/actionable-error.ts';
import { located } from '../lib/origins.ts';
import type { OpenRelease } from './open-release.ts';

/**
 * Why a rehearsal may not start: `shell-local` would run scripts on this machine that are meant for a real release. Undefined
 * if there is none, or `--run-local` allows it. Pure.
 */
export function shellLocalRefusal(
  { runLocal }: { runLocal: boolean },
  { sandbox, plan, publication }: Pick<OpenRelease, 'sandbox' | 'plan' | 'publication'>,
): ActionableError | undefined {
  if (!sandbox || runLocal) return undefined;
  const local = plan.targets.some(({ packer }) =>
    packer.provisioners.some(({ type }) => type === 'shell-local'),
  );
  if (!local) return undefined;
  return new ActionableError(
    'shell-local-not-allowed',
    `${located(publication, 'provisioners')}: "shell-local" runs on this machine, not in the sandbox. Add --run-local to allow it.`,
  );
}
