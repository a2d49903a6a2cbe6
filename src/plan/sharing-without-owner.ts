import type { Sharing } from '../model/publication.ts';

/**
 * Sharing without the account that owns the AMIs, which may use them anyway. EC2 accepts a permission for the owner but does
 * not store it, so it would never be read back. Pure.
 */
export const sharingWithoutOwner = (sharing: Sharing, owner: string): Sharing => ({
  ...sharing,
  accounts: sharing.accounts.filter((account) => account !== owner),
});
