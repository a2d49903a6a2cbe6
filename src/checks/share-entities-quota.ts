import type { Sharing } from '../model/publication.ts';
import type { Check } from './check.ts';
import type { Finding } from './finding.ts';

export const shareEntities: Check = async ([work]) => (work ? judgeShareEntities(work.sharing) : []);

/** The default ("AMI quotas", Amazon EC2 User Guide, "AMI sharing"). An account may have a higher quota. */
const defaultQuota = 1000;

/**
 * Whether an AMI may be shared with as many accounts, organizations and units as the config names; the accounts of an
 * organization do not count. Service Quotas lists this quota only by name, so more than the default is a warning. Pure.
 */
export function judgeShareEntities({ accounts, organizations, public: isPublic }: Sharing): Finding[] {
  const entities = accounts.length + organizations.length;
  if (entities === 0 && !isPublic) return [];
  const place = { check: 'quota of shares of an AMI', stops: 'sharing' } as const;
  if (entities <= defaultQuota) return [{ ...place, is: 'ok' }];
  const command =
    'aws service-quotas list-service-quotas --service-code ec2 --query "Quotas[?QuotaName==\'AMI sharing\']"';
  return [
    {
      ...place,
      is: 'warning',
      expected: `at most ${defaultQuota} accounts, organizations and organizational units, unless the quota "AMI sharing" was raised`,
      found: `${entities}`,
      todo: `Share with an organization instead of its accounts, or check your quota in each region: ${command}`,
      command,
    },
  ];
}
