import { ActionableError } from '../lib/actionable-error.ts';
import type { OpenRelease } from './open-release.ts';

/**
 * Why a rehearsal may not start: the sandbox's instances answer only SSH, and a builder with WinRM would wait until Packer's
 * limit of half an hour. Undefined if there is none. Pure.
 */
export function winrmRefusal({
  sandbox,
  selected,
  publication,
}: Pick<OpenRelease, 'sandbox' | 'selected' | 'publication'>): ActionableError | undefined {
  if (!sandbox) return undefined;
  const targets = selected.filter(({ packer }) => packer.options.communicator === 'winrm');
  const [first] = targets;
  if (!first) return undefined;
  const all = targets.map(({ name }) => name).join(',');
  return new ActionableError('winrm-not-in-sandbox', {
    place: `${publication.file}: ${first.name}`,
    expected: 'a builder that is reached by SSH, since the sandbox runs no Windows and answers no WinRM',
    found: `"communicator": "winrm"${targets.length > 1 ? ` in ${targets.length} targets` : ''}`,
    advice: `Rehearse the others with --except ${all}`,
  });
}
