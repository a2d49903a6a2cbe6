import { grantees, type KmsKey, keyPolicy } from '../aws/kms-keys.ts';
import { partitionOf } from '../aws/partition.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { Sharing } from '../model/publication.ts';
import { askOnce } from './ask-once.ts';
import type { CheckContext } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { lackingActions, namesOrganization, statementFor } from './key-policy.ts';
import type { RegionWork } from './region-work.ts';

/** A key as KMS describes it, or as it is known without a lookup: AWS's own. */
export type UsedKey = Pick<KmsKey, 'arn' | 'account' | 'awsManaged'>;

type PlaceOfKey = Omit<Place, 'stops'>;

/** Whether the accounts that AMIs are shared with may use the encryption key, according to its policy and its grants. */
export async function sharedKey(
  work: RegionWork,
  key: UsedKey,
  place: PlaceOfKey,
  { clients }: Pick<CheckContext, 'clients'>,
): Promise<Finding> {
  const isOwn = !key.awsManaged && key.account === work.account;
  const policy = isOwn
    ? await askOnce(work, `policy of ${key.arn}`, () => keyPolicy(clients, work.region, key.arn))
    : undefined;
  const needsGrants =
    policy?.ok && work.sharing.accounts.some((one) => isShutOut(policy.value, one, work.region));
  const grants = needsGrants
    ? await askOnce(work, `grants of ${key.arn}`, () => grantees(clients, work.region, key.arn))
    : okLookup([]);
  return judgeSharedKey(work, key, { policy, grants }, place);
}

const isShutOut = (policy: string, account: string, region: string): boolean =>
  lackingActions(policy, account, region).denied.length > 0;

/**
 * Pure.
 *
 * @param policy undefined if it was not looked up: for AWS's own keys, and for other accounts' keys, whose policy KMS does not
 * show.
 * @param grants who may use the key by a grant.
 */
export function judgeSharedKey(
  { region, sharing }: { region: string; sharing: Sharing },
  key: UsedKey,
  { policy, grants }: { policy: Lookup<string> | undefined; grants: Lookup<readonly string[]> },
  place: PlaceOfKey,
): Finding {
  if (key.awsManaged) {
    return {
      ...place,
      stops: 'building',
      is: 'refused',
      code: 'kms-key-not-shared',
      expected: 'a customer managed key, since no other account can use an AWS managed key',
      found: key.arn,
      todo: 'Set a customer managed key in the config, "encryption": {"kmsKey": "alias/…"}, or do not share the AMIs',
    };
  }
  const all: Place = { ...place, stops: 'sharing' };
  const expected = 'a key that those you share with may use';
  if (policy === undefined) {
    return {
      ...all,
      is: 'not-checked',
      expected,
      found: `${key.arn}, a key of account ${key.account}, whose policy KMS does not show to others`,
      todo: `Ask account ${key.account} whether its policy allows them`,
    };
  }
  if (!policy.ok) return notKnown(all, expected, policy.error);
  const lacking = sharing.accounts.map((one) => ({ one, ...lackingActions(policy.value, one, region) }));
  const shutOut = lacking.filter(({ denied }) => denied.length > 0);
  if (shutOut.length > 0 && !grants.ok) return notKnown(all, expected, grants.error);
  const byGrant = grants.ok ? grants.value.map((principal) => principal.split(':')[4]) : [];
  const without = shutOut.filter(({ one }) => !byGrant.includes(one));
  const id = key.arn.split('/').at(-1) ?? '';
  const command = `aws kms get-key-policy --region ${region} --key-id ${id} --policy-name default`;
  if (without.length > 0) {
    const actions = [...new Set(without.flatMap(({ denied }) => denied))];
    const accounts = without.map(({ one }) => one);
    return {
      ...all,
      is: 'refused',
      code: 'kms-key-not-shared',
      expected,
      found: `${key.arn}, whose policy does not allow ${accounts.join(', ')} ${actions.join(', ')}`,
      todo: `Add this statement to its policy: ${statementFor(accounts, partitionOf(region))}; its policy is: ${command}`,
      command,
    };
  }
  const unclear = [
    ...lacking.filter((each) => each.unclear.length > 0 || shutOut.includes(each)).map(({ one }) => one),
    ...sharing.organizations.filter((arn) => !namesOrganization(policy.value, arn)),
  ];
  if (unclear.length === 0) return { ...all, is: 'ok' };
  return {
    ...all,
    is: 'warning',
    expected,
    found: `${key.arn}, whose policy alone does not settle it for ${unclear.join(', ')}`,
    todo: `Make sure that they may use it, through its conditions, its grants or their organization (docs/sharing.md): ${command}`,
    command,
  };
}
