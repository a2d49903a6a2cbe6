import { defaultKey } from '../aws/account-defaults.ts';
import { type KmsKey, keyPolicy, kmsKey } from '../aws/kms-keys.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { Where } from './images.ts';
import { type Part, partOf, type Settings, together } from './part.ts';
import type { Wanted } from './wanted.ts';

const awsManaged = /(?:^|:)alias\/aws\/ebs$/;

/**
 * The account's KMS keys that the config names, with their policies; for anything encrypted with the default EBS key, that key.
 * AWS's own keys exist in every account, and no other account's key can be declared.
 *
 * @param encryptsByDefault the default key, if EBS encryption by default is on.
 */
export async function kmsKeysOf(
  { region, kmsKeys, usesDefaultKey }: Pick<Wanted, 'region' | 'kmsKeys' | 'usesDefaultKey'>,
  { clients, account }: Where,
  encryptsByDefault: string | undefined,
): Promise<Part> {
  const asked: Lookup<string | undefined> =
    usesDefaultKey && encryptsByDefault === undefined
      ? await defaultKey(clients, region)
      : okLookup(encryptsByDefault);
  const own = asked.ok && asked.value !== undefined && !awsManaged.test(asked.value) ? [asked.value] : [];
  const names = [...new Set([...kmsKeys, ...own])].filter((name) => !awsManaged.test(name));
  const parts = await Promise.all(
    names.map(async (name) => {
      const found = await kmsKey(clients, region, name);
      if (!found.ok || !found.value) return partOf(found, () => ({}));
      const key = found.value;
      if (key.account !== account) {
        const leftOut = [
          `${region}: KMS key ${name}: one of account ${key.account}, which a rehearsal does not have`,
        ];
        return { settings: {}, failed: [], leftOut };
      }
      return partOf(await keyPolicy(clients, region, key.arn), (policy) => ({
        kmsKeys: [declared(key, name, policy)],
      }));
    }),
  );
  const all = together([partOf(asked, (key) => (key === undefined ? {} : { defaultKmsKey: key })), ...parts]);
  return { ...all, settings: { ...all.settings, ...byId(all.settings.kmsKeys) } };
}

function declared({ id, state }: KmsKey, name: string, policy: string): Settings {
  const [alias] = /alias\/.+$/.exec(name) ?? [];
  return {
    id,
    ...(alias === undefined ? {} : { alias }),
    ...(state === 'Enabled' ? {} : { enabled: false }),
    policy: JSON.parse(policy),
  };
}

/** A key named both by its alias and by its id is one key. */
function byId(keys: unknown): Settings {
  if (!Array.isArray(keys)) return {};
  const merged = Map.groupBy(keys as { id: string }[], ({ id }) => id).values();
  return { kmsKeys: [...merged].map((same) => Object.assign({}, ...same.toReversed())) };
}
