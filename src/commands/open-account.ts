import { join } from 'node:path';
import { callerAccount, homeRegion, listRegions, type RegionState } from '../aws/account.ts';
import { type Clients, type Connected, connect } from '../aws/connection.ts';
import { sessionNameOf } from '../aws/credentials.ts';
import { partitionOf } from '../aws/partition.ts';
import type { Repeated } from '../aws/repeat-calls.ts';
import { type LocalSettings, readLocalSettings, repeatLimitOf } from '../config/local-settings.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { didYouMean } from '../lib/nearest.ts';
import { located } from '../lib/origins.ts';
import { shellWord } from '../lib/shell-word.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import { retryingText } from '../report/retrying.ts';
import { type AdvisingArguments, advisedCommand } from './advised-command.ts';
import type { Host } from './host.ts';
import { readSettingsFile } from './json-file.ts';
import { type OpenSandbox, openSandbox, sandboxReleases } from './open-sandbox.ts';
import type { WhereArguments } from './release-arguments.ts';
import { say, show } from './say.ts';

/** The account in use, and the clients for it. */
export interface OpenAccount {
  clients: Connected;
  account: string;
  /** `aws`, or `sandbox:<id>`. */
  endpoint: string;
  /** This person's and machine's settings. The sandbox uses no account, profile and role: it has none of them. */
  local: LocalSettings;
  sandbox?: OpenSandbox;
  /** Formats a command that a message recommends. */
  command: AdvisedCommand;
}

export type AccountArguments = WhereArguments & AdvisingArguments;

/**
 * Opens the account of a publication and checks that the credentials belong to it. A sandbox that was started for it is closed
 * when `use` ends.
 *
 * @throws ActionableError (4) if they belong to another account, or are not valid.
 */
export async function withAccount<T>(
  publication: Publication,
  args: AccountArguments,
  host: Host,
  use: (open: OpenAccount) => Promise<T>,
): Promise<T> {
  const local = readLocalSettings(host.cwd, host.environment);
  if (args.sandbox) refuseOtherPartitions(publication);
  else refuseAnotherAccount(publication, local);
  const settings =
    args.sandboxAccount === undefined
      ? undefined
      : readSettingsFile('--sandbox-account', args.sandboxAccount, host.cwd);
  const sandbox = args.sandbox
    ? await openSandbox(host.cwd, { url: args.sandboxUrl, speed: args.sandboxSpeed, settings })
    : undefined;
  try {
    const endpoint = sandbox ? `sandbox:${sandbox.id}` : 'aws';
    const repeating = definedOnly({ repeatLimit: repeatLimitOf(local) });
    const clients = sandbox
      ? connect({ endpoint, environment: sandbox.environment, ...repeating })
      : connect({
          endpoint,
          environment: host.environment,
          ...repeating,
          ...chosenCredentials(args, local, host),
        });
    // Until a command watches them itself.
    clients.repeater.watch({
      emit: (event) => tellOfRepeated(event, host),
      stop: new AbortController().signal,
    });
    const account = await guardedAccount(
      publication,
      sandbox ? undefined : local,
      clients,
      chosenProfile(args, local, host),
    );
    const command = advisedCommand(args, publication);
    return await use({ clients, account, endpoint, local, command, ...definedOnly({ sandbox }) });
  } finally {
    await sandbox?.close();
  }
}

/**
 * Clients for another account, to see its view: a profile's; in a rehearsal the sandbox's account with this id, since there are
 * no profiles.
 *
 * @throws ActionableError (4) if the credentials are not valid, or belong to the same account; (2) if the sandbox has no such
 * account.
 */
export async function connectAs(
  profile: string,
  { account, local, sandbox }: Pick<OpenAccount, 'account' | 'local' | 'sandbox'>,
  region: string,
  host: Host,
): Promise<{ clients: Clients; account: string }> {
  const repeating = definedOnly({ repeatLimit: repeatLimitOf(local) });
  const clients = sandbox
    ? connect({
        endpoint: `sandbox:${sandbox.id}`,
        environment: environmentAs(profile, sandbox),
        ...repeating,
      })
    : connect({ endpoint: 'aws', environment: host.environment, profile, ...repeating });
  clients.repeater.watch({
    emit: (event) => tellOfRepeated(event, host),
    stop: new AbortController().signal,
  });
  const lookup = await callerAccount(clients, homeRegion([region]));
  if (!lookup.ok) throw whyNoAccount(lookup.error, undefined, profile);
  if (lookup.value !== account) return { clients, account: lookup.value };
  throw new ActionableError('wrong-account', {
    place: '--as',
    expected: `another account than ${account}, which owns the AMIs`,
    found: `${profile}, of the same account`,
    advice: 'Choose a profile of an account that the AMIs are shared with, or of any other one.',
  });
}

function environmentAs(id: string, { accounts, environment }: OpenSandbox): Record<string, string> {
  const chosen = accounts.find((one) => one.id === id);
  if (chosen === undefined) {
    throw new ActionableError('usage-error', {
      place: '--as',
      expected: `in a rehearsal, the id of another account of the sandbox: ${accounts
        .slice(1)
        .map((one) => one.id)
        .join(', ')}`,
      found: JSON.stringify(id),
    });
  }
  const { accessKeyId, secretAccessKey } = chosen;
  return { ...environment, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** Reports on stderr a call that fails and is repeated; clears a progress line first. */
function tellOfRepeated(event: Repeated, { stderr }: Host): void {
  if (event.type === 'answered') return;
  if (stderr.isTTY) show(stderr, '\r\u001b[2K');
  say(stderr, retryingText(event));
}

/** The credentials named by options or settings; if none are named, the SDK finds them as AWS's own tools do. */
function chosenCredentials(args: AccountArguments, local: LocalSettings, host: Host) {
  const profile = args.profile ?? local.profile;
  const { role: arn, externalId } = local;
  const sessionName = sessionNameOf(host.name);
  const role = arn && { arn, sessionName, ...definedOnly({ externalId }) };
  return { ...definedOnly({ profile }), ...(role ? { role } : {}) };
}

/** The profile in use: from the option, otherwise from the settings, otherwise from the environment. */
const chosenProfile = (args: AccountArguments, local: LocalSettings, host: Host): string | undefined =>
  args.profile ?? local.profile ?? host.environment.AWS_PROFILE;

/** A sandbox's records are kept apart from the real ones. */
export const releasesFolder = (cwd: string, sandbox: boolean): string =>
  sandbox ? sandboxReleases(cwd) : join(cwd, '.gopackgo');

/**
 * The account of the credentials, once it is known to be the one that the publication and `local` require. In a sandbox there
 * is no `local`.
 */
async function guardedAccount(
  publication: Publication,
  local: LocalSettings | undefined,
  clients: Clients,
  profile: string | undefined,
): Promise<string> {
  const lookup = await callerAccount(clients, homeRegion(publication.regions.map(({ name }) => name)));
  if (!lookup.ok) throw whyNoAccount(lookup.error, local, profile);
  const guards = [
    { place: located(publication, 'account'), expected: publication.account },
    { place: local?.places.account, expected: local?.account },
  ];
  const against = guards.find(({ expected }) => expected !== undefined && expected !== lookup.value);
  if (!against) return lookup.value;
  const { place = '', expected = '' } = against;
  throw new ActionableError('wrong-account', {
    place,
    expected,
    ...(local
      ? {
          found: `${lookup.value}: these credentials belong to another account`,
          advice: 'Nothing was changed. Choose the right ones (--profile, AWS_PROFILE), or change "account".',
        }
      : {
          found: `${lookup.value}, the account of the sandbox`,
          advice:
            'Nothing was changed. To rehearse this, name your account in configs/local.json or GOPACKGO_ACCOUNT, not in ' +
            'the config: a rehearsal ignores those (docs/credentials.md).',
        }),
  });
}

/** The sandbox has the regions of one partition. */
function refuseOtherPartitions({ regions, file }: Publication): void {
  const others = regions.map(({ name }) => name).filter((name) => partitionOf(name) !== 'aws');
  if (others.length === 0) return;
  throw new ActionableError('region-not-found', {
    place: `${file}: regions`,
    expected: 'regions of the partition aws in a rehearsal: the sandbox has neither China nor GovCloud',
    found: others.join(', '),
  });
}

/** Refuses a publication for one account on a machine that is set up for another. */
function refuseAnotherAccount({ account, file }: Publication, local: LocalSettings): void {
  if (account === undefined || local.account === undefined || account === local.account) return;
  throw new ActionableError('wrong-account', {
    place: local.places.account ?? '',
    expected: `${account}, as "account" in ${file} says`,
    found: local.account,
    advice: 'Nothing was changed. Change one of them, or remove it.',
  });
}

function whyNoAccount(
  { code, message, operation }: LookupError,
  local: LocalSettings | undefined,
  profile: string | undefined,
): ActionableError {
  if (code === 'AccessDenied' && local?.role !== undefined) {
    return new ActionableError('role-rejected', {
      place: local.places.role ?? '',
      expected: 'a role that these credentials may assume',
      found: `${local.role}, which AWS refuses: ${code}: ${message}`,
      advice:
        'Its trust policy has to allow these credentials; if it requires an external id, set "externalId".',
    });
  }
  const place = 'AWS credentials';
  if (code === 'CredentialsProviderError') {
    const after = `The SDK says: ${message}`;
    const missing = profile
      ? {
          place,
          expected: `credentials for profile "${profile}"`,
          found: 'none',
          advice:
            `Check its name (aws configure list-profiles), log in (aws sso login --profile ${shellWord(profile)}), choose another one ` +
            '(--profile NAME), or rehearse without any: --sandbox.',
        }
      : {
          place,
          expected: 'credentials',
          found: 'none in the environment, the shared configuration or an instance role',
          advice:
            'Log in (aws sso login), choose a profile (--profile NAME), or rehearse without any: --sandbox.',
        };
    return new ActionableError('no-credentials', missing, { after });
  }
  if (/Expired/.test(code)) {
    return new ActionableError(
      'credentials-expired',
      `${place}: expired (${code}). Log in again (aws sso login), then run the same command.`,
    );
  }
  if (/InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|UnrecognizedClient/.test(code)) {
    return new ActionableError(
      'credentials-rejected',
      `${place}: AWS does not accept them (${code}: ${message}). Check which ones are used: aws sts get-caller-identity`,
    );
  }
  return new ActionableError(
    'account-unknown',
    `AWS could not be asked which account these credentials belong to: ${operation}: ${code}: ${message}. Check the network and HTTPS_PROXY.`,
  );
}

/**
 * The regions among these that this account has not opted in to.
 *
 * @param place the source of the regions, for messages: `configs/official.json: regions`.
 * @throws ActionableError (2) for a region that AWS does not have, (4) if the lookup fails.
 */
export async function notOptedInTo(
  wanted: readonly string[],
  place: string,
  clients: Clients,
): Promise<string[]> {
  const regions = await allRegions(wanted, clients);
  const known = regions.map(({ name }) => name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new ActionableError(
      'region-not-found',
      unknown.map((name) => ({
        place,
        expected: 'a region of AWS',
        found: `"${name}"`,
        advice: didYouMean(name, known) ?? `There are ${known.sort().join(', ')}.`,
      })),
    );
  }
  return wanted.filter((name) => regions.some((region) => region.name === name && !region.enabled));
}

/**
 * The regions that this account can use, those of the config first.
 *
 * @throws ActionableError (4) if the lookup fails.
 */
export async function usableRegions(configured: readonly string[], clients: Clients): Promise<string[]> {
  const regions = await allRegions(configured, clients);
  const enabled = regions.flatMap((region) => (region.enabled ? [region.name] : []));
  return [...new Set([...configured, ...enabled])];
}

async function allRegions(wanted: readonly string[], clients: Clients): Promise<RegionState[]> {
  const lookup = await listRegions(clients, homeRegion(wanted));
  if (lookup.ok) return lookup.value;
  const { operation, code, message } = lookup.error;
  throw new ActionableError(
    'regions-unknown',
    `The regions of AWS could not be listed: ${operation}: ${code}: ${message}`,
  );
}

export const notOptedIn = (regions: string, first: string | undefined): string =>
  `this account has not opted in to ${regions}. Enable it (aws account enable-region --region-name ${first})`;
