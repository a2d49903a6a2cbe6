import pLimit from 'p-limit';
import { homeRegion, listRegions } from '../aws/account.ts';
import { instanceProfile } from '../aws/instance-profiles.ts';
import { publicKeys } from '../aws/key-pairs.ts';
import { describeLookupError, type LookupError, okLookup } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import { capacityOf } from './capacity.ts';
import { defaultsOf } from './defaults.ts';
import { imagesAndParametersOf, type Where } from './images.ts';
import { kmsKeysOf } from './kms-keys.ts';
import { networksOf } from './networks.ts';
import { type Part, partOf, type Settings, together } from './part.ts';
import { shownOf, withoutPeople } from './shown.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** An account as a settings file of the sandbox. */
export interface SavedAccount {
  settings: Settings;
  /** Failed lookups: their results are missing from the settings, which does not mean "absent". */
  failed: LookupError[];
  /** Facts that settings cannot express, one sentence each, without its full stop. */
  leftOut: string[];
}

/** The account that a rehearsal uses; the sandbox has only its own two accounts. */
const accountOfSandbox = '123456789012';

const regionsAtATime = 8;

/**
 * The parts of an account that a publication depends on, as settings for a sandbox that can rehearse it. Asks AWS and changes
 * nothing. The account's own id is replaced by the sandbox's.
 *
 * @param withNames whether to include tags, descriptions and ARNs that may name people.
 */
export async function saveAccount(
  publication: Publication,
  where: Where,
  { withNames, now }: { withNames: boolean; now: Date },
): Promise<SavedAccount> {
  const wanted = wantedOf(publication);
  const home = homeRegion(wanted.map(({ region }) => region));
  const limit = pLimit(regionsAtATime);
  const [regions, profiles, parts] = await Promise.all([
    listRegions(where.clients, home),
    profilesOf(wanted, home, where),
    limit.map(wanted, async (one) => ({ region: one.region, one })),
  ]);
  const enabled = regions.ok ? regions.value.filter((region) => region.enabled).map(({ name }) => name) : [];
  const ofRegions = await limit.map(parts, async ({ region, one }) => ({
    region,
    part: enabled.includes(region)
      ? await regionPart(one, where, withNames)
      : partOf(regions, () => ({ optedIn: false })),
  }));
  const global = profiles.settings;
  const accounts = [
    ...(Object.keys(global).length > 0 ? [{ account: accountOfSandbox, ...global }] : []),
    ...ofRegions.map(({ region, part }) => ({
      ...(part.failed.length > 0
        ? { '//': `Not known: ${part.failed.map(describeLookupError).join('; ')}` }
        : {}),
      account: accountOfSandbox,
      region,
      ...part.settings,
    })),
  ];
  const all = together([profiles, ...ofRegions.map(({ part }) => part)]);
  const renamed = withSandboxAccount({ accounts }, where.account);
  return {
    settings: {
      '//': `Saved by gopackgo doctor --save for ${publication.name}@${publication.version}, ${now.toISOString()}. docs/rehearse.md`,
      ...(withNames ? renamed : withoutPeople(renamed)),
    },
    failed: all.failed,
    leftOut: all.leftOut,
  };
}

async function regionPart(wanted: Wanted, where: Where, withNames: boolean): Promise<Part> {
  const { clients } = where;
  const { region, types, tagKeys, keyPairs } = wanted;
  const shown = shownOf({ withNames, tagKeys });
  const defaults = defaultsOf(clients, region);
  const keys = defaults.then(({ settings: { defaultKmsKey } }) =>
    kmsKeysOf(wanted, where, typeof defaultKmsKey === 'string' ? defaultKmsKey : undefined),
  );
  const parts = await Promise.all([
    defaults,
    keys,
    capacityOf(clients, region, types),
    networksOf(clients, region, shown),
    imagesAndParametersOf(wanted, where, shown),
    keyPairsOf(clients, region, keyPairs),
  ]);
  return together([{ settings: { optedIn: true }, failed: [], leftOut: [] }, ...parts]);
}

/** Without the comment after the key, which often names a person. */
async function keyPairsOf(
  clients: Where['clients'],
  region: string,
  names: readonly string[],
): Promise<Part> {
  const found =
    names.length > 0 ? await publicKeys(clients, region, names) : okLookup(new Map<string, string>());
  return partOf(found, (keys) =>
    keys.size === 0
      ? {}
      : {
          keyPairs: [...keys].map(([name, key]) => ({
            name,
            publicKey: key.split(/\s+/).slice(0, 2).join(' '),
          })),
        },
  );
}

/** The account's instance profiles that the config names. IAM is the same in all regions. */
async function profilesOf(wanted: readonly Wanted[], home: string, { clients }: Where): Promise<Part> {
  const names = [...new Set(wanted.flatMap(({ instanceProfiles }) => instanceProfiles))];
  const parts = await Promise.all(
    names.map(async (name) =>
      partOf(await instanceProfile(clients, home, name), (profile) => {
        if (!profile) return {};
        return { instanceProfiles: [profile.roles.length > 0 ? name : { name, role: false }] };
      }),
    ),
  );
  return together(parts);
}

/** Replaces the account with the sandbox's account in ARNs and watermarks. */
function withSandboxAccount<T>(value: T, account: string): T {
  if (typeof value === 'string')
    return value.replace(new RegExp(`(^|:)${account}:`, 'g'), `$1${accountOfSandbox}:`) as T;
  if (Array.isArray(value)) return value.map((one) => withSandboxAccount(one, account)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, withSandboxAccount(one, account)]),
  ) as T;
}
