/** Which texts that may name people are written: tags, and descriptions. */
export interface Shown {
  tags(tags: Readonly<Record<string, string>>): { tags?: Record<string, string> };
  description(text: string | undefined): { description?: string };
}

/**
 * All of them with `withNames`; otherwise only tags that filters in the config use (`tagKeys`), and gopackgo's own, which a run
 * depends on. Pure.
 */
export function shownOf({ withNames, tagKeys }: { withNames: boolean; tagKeys: ReadonlySet<string> }): Shown {
  const isKept = (key: string) =>
    key.startsWith('gopackgo:') || tagKeys.has(key) || (withNames && !key.startsWith('aws:'));
  return {
    tags(tags) {
      const kept = Object.entries(tags).filter(([key]) => isKept(key));
      return kept.length > 0 ? { tags: Object.fromEntries(kept) } : {};
    },
    description: (text) => (withNames && text ? { description: text } : {}),
  };
}

/** ARNs of IAM and STS for users, roles, sessions and groups, but not for accounts, services or AWS's own policies. */
const people =
  /\barn:(aws[a-z-]*):(?:iam|sts)::(\d{12}):(?:user|role|assumed-role|federated-user|group|saml-provider|oidc-provider|mfa)\/[^\s"',\]}]+/g;

/** Replaces names of people in values: each becomes the root of their account, which is all that the sandbox evaluates. Pure. */
export function withoutPeople<T>(value: T): T {
  if (typeof value === 'string')
    return value.replace(people, (_, partition, account) => `arn:${partition}:iam::${account}:root`) as T;
  if (Array.isArray(value)) return value.map(withoutPeople) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutPeople(one)])) as T;
}
