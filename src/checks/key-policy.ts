import { isObject } from '../lib/is-object.ts';

/** `depends`: on a condition, or on something else outside the policy. */
export type Allowance = 'yes' | 'no' | 'depends';

/**
 * The actions that anyone who launches or copies a shared AMI needs: those listed in "Share the KMS key used to encrypt a
 * shared Amazon EBS snapshot" (Amazon EBS User Guide) without which EC2 can do neither.
 */
export const neededActions = ['kms:DescribeKey', 'kms:CreateGrant', 'kms:Decrypt', 'kms:ReEncryptFrom'];

/** All actions that the same page lists. */
const grantedActions = [
  'kms:DescribeKey',
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
];

/** The statement that lets accounts use what a key encrypts. Pure. */
export const statementFor = (accounts: readonly string[], partition: string): string =>
  JSON.stringify({
    Sid: 'SharedAMIs',
    Effect: 'Allow',
    Principal: { AWS: accounts.map((account) => `arn:${partition}:iam::${account}:root`) },
    Action: grantedActions,
    Resource: '*',
  });

type Statement = Record<string, unknown>;

const textsOf = (value: unknown): string[] =>
  [value ?? []].flat().filter((one): one is string => typeof one === 'string');

/** The statements of a policy; undefined if it is not a valid policy. */
function statementsOf(policy: string): Statement[] | undefined {
  try {
    const parsed: unknown = JSON.parse(policy);
    return isObject(parsed) ? [parsed.Statement ?? []].flat().filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The needed actions that a key policy denies an account, and those that it does not settle by itself. Any principal of an
 * account in the policy stands for the account: whether IAM also allows that principal is up to the account ("Allowing users in
 * other accounts to use a KMS key", AWS KMS Developer Guide). Pure.
 */
export function lackingActions(
  policy: string,
  account: string,
  region: string,
): { denied: string[]; unclear: string[] } {
  const statements = statementsOf(policy);
  if (!statements) return { denied: [], unclear: neededActions };
  const is = (action: string) => allowanceOf(statements, action, { account, region });
  return {
    denied: neededActions.filter((action) => is(action) === 'no'),
    unclear: neededActions.filter((action) => is(action) === 'depends'),
  };
}

/** Whether an allowing statement names an organization, in the form of IAM conditions: `o-a1b2c3d4e5`. Pure. */
export function namesOrganization(policy: string, arn: string): boolean {
  const [organization = arn] = /o-[a-z0-9]{10,32}/.exec(arn) ?? [];
  return (statementsOf(policy) ?? []).some(
    ({ Effect, Condition }) =>
      Effect === 'Allow' && (JSON.stringify(Condition ?? {}) ?? '').includes(organization),
  );
}

interface Whom {
  account: string;
  region: string;
}

function allowanceOf(statements: readonly Statement[], action: string, whom: Whom): Allowance {
  const those = (effect: string) =>
    statements
      .filter(({ Effect, Action, NotAction }) =>
        Effect !== effect
          ? false
          : NotAction !== undefined || textsOf(Action).some((one) => covers(one, action)),
      )
      .map((statement) => appliesTo(statement, whom));
  const [allowed, denied] = [those('Allow'), those('Deny')];
  if (denied.includes('yes')) return 'no';
  if (denied.includes('depends')) return allowed.some((one) => one !== 'no') ? 'depends' : 'no';
  if (allowed.includes('yes')) return 'yes';
  return allowed.includes('depends') ? 'depends' : 'no';
}

/** Matches an action against IAM's wildcards, ignoring case. */
const covers = (pattern: string, action: string): boolean =>
  like(pattern.toLowerCase(), action.toLowerCase());

const like = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

/** Whether a statement applies to an account. */
function appliesTo(statement: Statement, whom: Whom): Allowance {
  const { Principal, NotPrincipal, NotAction, Condition } = statement;
  if (NotPrincipal !== undefined || NotAction !== undefined) return 'depends';
  const named = textsOf(isObject(Principal) ? Principal.AWS : Principal);
  const isNamed = named.some(
    (one) =>
      one === '*' || one === whom.account || new RegExp(`^arn:[^:]+:(?:iam|sts)::${whom.account}:`).test(one),
  );
  return isNamed ? meets(Condition, whom) : 'no';
}

/** Whether principals of an account who let EC2 use the key meet the conditions ("AWS KMS condition keys"). */
function meets(condition: unknown, whom: Whom): Allowance {
  const met = Object.entries(isObject(condition) ? condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => meetsOne(operator, key, values, whom)),
  );
  if (met.includes('no')) return 'no';
  return met.includes('depends') ? 'depends' : 'yes';
}

function meetsOne(operator: string, key: string, values: unknown, { account, region }: Whom): Allowance {
  const known: Record<string, string> = {
    'aws:principalaccount': account,
    'kms:calleraccount': account,
    'kms:grantisforawsresource': 'true',
    'kms:viaservice': `ec2.${region}.amazonaws.com`,
  };
  const value = known[key.toLowerCase()];
  if (value === undefined || !/^(?:StringEquals|StringLike|Bool)$/.test(operator)) return 'depends';
  const wanted = [values ?? []].flat().map(String);
  return wanted.some((one) => (operator === 'StringLike' ? like(one, value) : one === value)) ? 'yes' : 'no';
}
