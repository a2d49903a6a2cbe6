import type { BlockPublicAccess } from '../aws/account-defaults.ts';

/** The finding if public access is blocked, with advice. A change may take ten minutes. Pure. */
export function blockedBy(
  { state, managedBy }: BlockPublicAccess,
  command: string,
): { found: string; todo: string; command?: string } {
  if (managedBy === 'declarative-policy') {
    return {
      found: `${state}, by a declarative policy of the organization`,
      todo: 'Ask the administrator of the organization: this account cannot change it',
    };
  }
  return { found: state, todo: `${command} (takes effect within ten minutes)`, command };
}
