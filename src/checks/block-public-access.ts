import type { BlockPublicAccess } from '../aws/account-defaults.ts';

/** Where public access is blocked: what was found, and what to do about it. A change may take ten minutes. Pure. */
export function blockedBy(
  { state, managedBy }: BlockPublicAccess,
  command: string,
): { found: string; todo: string } {
  if (managedBy === 'declarative-policy') {
    return {
      found: `${state}, by a declarative policy of the organization`,
      todo: 'Ask whoever administers the organization: this account cannot change it',
    };
  }
  return { found: state, todo: `${command} (AWS takes up to ten minutes over it)` };
}
