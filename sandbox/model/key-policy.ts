/** The caller of KMS: principals of an account, or EC2 on their behalf, which `kms:ViaService` tells apart. */
export interface Asking {
  account: string;
  region: string;
  through?: 'ec2';
}

type Part = Record<string, unknown>;

const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textsOf = (value: unknown): string[] => [value ?? []].flat().map(String);

/** A text with IAM's wildcards, `*` and `?`. */
const matches = (pattern: string, text: string, flags = ''): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    flags,
  ).test(text);

/** Whether a statement names an account: the whole account, one of its principals, or everybody. */
const names = ({ Principal }: Part, account: string): boolean =>
  textsOf(isPart(Principal) ? Principal.AWS : Principal).some(
    (one) => one === '*' || one === account || one.startsWith(`arn:aws:iam::${account}:`),
  );

/**
 * The values of condition keys for a request ("AWS KMS condition keys"; `aws:PrincipalAccount`). Neither account is in an
 * organization; the sandbox does not know other keys.
 */
const valueInRequest = (key: string, { account, region, through }: Asking): string | undefined =>
  ({
    'aws:principalaccount': account,
    'kms:calleraccount': account,
    'kms:grantisforawsresource': String(through !== undefined),
    'kms:viaservice': through && `${through}.${region}.amazonaws.com`,
  })[key.toLowerCase()];

/** Whether all conditions are known to be met. `unknown`: how to count a condition on something unknown here. */
const meets = ({ Condition }: Part, asking: Asking, unknown: boolean): boolean =>
  Object.entries(isPart(Condition) ? Condition : {}).every(([operator, keys]) =>
    Object.entries(isPart(keys) ? keys : {}).every(([key, wanted]) => {
      const value = valueInRequest(key, asking);
      if (!/^(?:StringEquals|StringLike|Bool)$/.test(operator)) return unknown;
      return value === undefined ? unknown : textsOf(wanted).some((one) => matches(one, value));
    }),
  );

/**
 * Whether a key policy allows an account all of these actions. A condition on something that the sandbox does not know counts
 * as not met in an allowing statement and as met in a denying one; `NotPrincipal` counts as naming nobody, `NotAction` as
 * naming everything.
 */
export const allows = (policy: Part, actions: readonly string[], asking: Asking): boolean => {
  const statements = [policy.Statement ?? []].flat().filter(isPart);
  const applies = (statement: Part, action: string, unknown: boolean) =>
    textsOf(statement.Action).some((one) => matches(one, action, 'i')) && meets(statement, asking, unknown);
  const allow = statements.filter((one) => one.Effect === 'Allow' && names(one, asking.account));
  const deny = statements.filter(
    (one) => one.Effect === 'Deny' && (names(one, asking.account) || one.NotPrincipal !== undefined),
  );
  return actions.every(
    (action) =>
      allow.some((one) => applies(one, action, false)) &&
      !deny.some((one) => one.NotAction !== undefined || applies(one, action, true)),
  );
};

/** KMS's policy for a key without a policy of its own ("Default key policy"). */
export const defaultPolicy = (account: string): Record<string, unknown> => ({
  Version: '2012-10-17',
  Id: 'key-default-1',
  Statement: [
    {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
});
