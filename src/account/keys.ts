import { defaultKey, encryptionByDefault } from '../aws/account-defaults.ts';
import type { Clients } from '../aws/connection.ts';
import { type KmsKey, keyPolicy, kmsKey } from '../aws/kms-keys.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { type Part, partOf, together } from './part.ts';
import type { Wanted } from './wanted.ts';

/**
 * The account's own KMS keys that the config names, and that EBS encrypts with by default where the config or the account asks for
 * that; with their policies where AMIs are to be shared.
 */
export async function keysOf(
  clients: Clients,
  { region, kmsKeys, usesDefaultKey, sharesKeys }: Wanted,
  account: string,
): Promise<Part> {
  const byDefault = usesDefaultKey
    ? await defaultKey(clients, region)
    : await encryptionByDefault(clients, region);
  const inUse = byDefault.ok && byDefault.value !== 'none' ? [byDefault.value] : [];
  const names = [...new Set([...kmsKeys, ...inUse])];
  const keys = await Promise.all(
    names
      // AWS makes its own key where it is described first: a lookup would change the account.
      .filter((name) => !/(?:^|:)alias\/aws\//.test(name))
      .map(async (name) => {
        const found = await kmsKey(clients, region, name);
        const isOwn = found.ok && found.value?.account === account && !found.value.awsManaged;
        const policy =
          isOwn && sharesKeys && found.value
            ? await keyPolicy(clients, region, found.value.arn)
            : okLookup('');
        return partOfKey({ name, region, account }, found, policy);
      }),
  );
  return together([
    partOf(byDefault, () => (inUse[0] === undefined ? {} : { defaultKmsKey: inUse[0] })),
    ...keys,
  ]);
}

function partOfKey(
  { name, region, account }: { name: string; region: string; account: string },
  found: Lookup<KmsKey | undefined>,
  policy: Lookup<string>,
): Part {
  const key = partOf(
    found,
    (value) => (value && isOwn(value, account) ? { kmsKeys: [keySettings(name, value, policy)] } : {}),
    (value) => (value ? leftOutOf(name, value, region, account) : []),
  );
  return together([key, partOf(policy, () => ({}))]);
}

const isOwn = (key: KmsKey, account: string): boolean => key.account === account && !key.awsManaged;

function keySettings(name: string, { id, state }: KmsKey, policy: Lookup<string>) {
  const alias = /(?:^|:)(alias\/.+)$/.exec(name)?.[1];
  const written = policy.ok ? parsed(policy.value) : undefined;
  return {
    id,
    ...(alias === undefined ? {} : { alias }),
    ...(written === undefined ? {} : { policy: written }),
    ...(state === 'Enabled' ? {} : { enabled: false }),
  };
}

function parsed(policy: string): unknown {
  try {
    return policy === '' ? undefined : JSON.parse(policy);
  } catch {
    return undefined;
  }
}

/** What EBS can encrypt with ("Requirements for Amazon EBS encryption", Amazon EBS User Guide). */
const isSymmetric = ({ usage, spec }: KmsKey): boolean =>
  usage === 'ENCRYPT_DECRYPT' && spec === 'SYMMETRIC_DEFAULT';

function leftOutOf(name: string, key: KmsKey, region: string, account: string): string[] {
  if (key.account !== account) {
    return [`${region}: ${name}, a key of account ${key.account}: a rehearsal has keys of its own account`];
  }
  return [
    ...(isSymmetric(key)
      ? []
      : [`${region}: that ${name} is ${key.spec} for ${key.usage}: a rehearsal has symmetric keys`]),
    ...(['Enabled', 'Disabled'].includes(key.state)
      ? []
      : [`${region}: that ${name} is ${key.state}: a rehearsal has it disabled`]),
  ];
}
