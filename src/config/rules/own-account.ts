import type { Rule } from './rule.ts';

/**
 * AMIs are not shared with the account that owns them: EC2 accepts such a permission but does not store it, so it would never
 * be read back.
 */
export const ownAccount: Rule = ({ account, share, candidate }) =>
  account !== undefined && share.accounts.includes(account)
    ? [
        {
          place: candidate ? 'candidates.share.accounts' : 'share.accounts',
          expected: 'accounts other than that of "account", which owns the AMIs and may always use them',
          found: JSON.stringify(account),
          advice: 'Remove it.',
        },
      ]
    : [];
