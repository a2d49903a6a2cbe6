import { ActionableError } from '../lib/actionable-error.ts';
import { describeLookupError } from '../model/lookup.ts';
import { amisNamed } from '../parameters/named-amis.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';
import { recordedAmis } from './recorded-amis.ts';

/**
 * AMIs that consumers find and that `--replace` therefore keeps: those in files that publications record to, and those in this
 * publication's SSM parameters.
 *
 * @throws ActionableError if these cannot be read or looked up.
 */
export async function amisInUse(
  { publication, plan, clients }: Pick<OpenRelease, 'publication' | 'plan' | 'clients'>,
  host: Pick<Host, 'cwd'>,
  where: { sandbox: boolean },
): Promise<Set<string>> {
  const recorded = await recordedAmis(publication, host, where);
  const named = await amisNamed(plan, { clients });
  if (named.ok) return new Set([...recorded, ...named.value]);
  throw new ActionableError('lookup-failed', {
    place: '--replace',
    expected: 'to know which AMIs the SSM parameters name',
    found: describeLookupError(named.error),
    advice: 'Nothing was removed. Fix this, then run the same command again.',
  });
}
