import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { callerAccount, homeRegion, listRegions } from '../aws/account.ts';
import { type Clients, type Connected, connect } from '../aws/connection.ts';
import { sessionNameOf } from '../aws/credentials.ts';
import { type LocalSettings, readLocalSettings } from '../config/local.ts';
import type { Publication } from '../config/publication.ts';
import { readPublication } from '../config/read-publication.ts';
import { versionsOf } from '../config/timestamp.ts';
import type { Host } from '../host.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import type { LookError } from '../lib/look.ts';
import { didYouMean } from '../lib/nearest.ts';
import { type OpenSandbox, openSandbox, sandboxReleases } from '../open-sandbox.ts';
import { expandImages } from '../plan/images.ts';
import { makePlan, releaseOf } from '../plan/make-plan.ts';
import type { Plan, Target } from '../plan/plan.ts';
import { publicationRules } from '../plan/publication-rules.ts';
import { selectTargets } from '../plan/select-targets.ts';
import { targetNames } from '../plan/target-values.ts';
import { jsonFile } from './json-file.ts';
import { recordable } from './record-to.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { timestampedVersion } from './timestamped-version.ts';

/** A release, looked up: what there is to do, with whom to speak about it, where its records lie. */
export interface OpenRelease {
  publication: Publication;
  plan: Plan;
  /** The release as a command names it: with its version, where the config's holds `{timestamp}`. */
  named: string;
  /** What `--only` and `--except` leave; all without them. */
  selected: Target[];
  /** The names of these, and of targets that were chosen and are left out of the plan. */
  chosen: ReadonlySet<string>;
  clients: Connected;
  /** Of this person and machine. In the sandbox its account, profile and role are not used: it has none of them. */
  local: LocalSettings;
  sandbox?: OpenSandbox;
  /** `.gopackgo/official@2.6.4`, absolute, and as it is shown. */
  folder: string;
  shownFolder: string;
}

/**
 * From a publication's name to its plan. The config and the selection are checked before AWS is asked anything. A
 * sandbox that was started for it is closed when `use` is done.
 */
export async function withRelease<T>(
  args: ReleaseArguments,
  host: Host,
  use: (release: OpenRelease) => Promise<T>,
): Promise<T> {
  let named = args.publication;
  const publication = readPublication(args.publication, {
    cwd: host.cwd,
    rules: [...publicationRules, recordable],
    versionOf(template, name) {
      const version = versionFor(template, name, args, host);
      named = `${args.publication}@${version}`;
      return version;
    },
  });
  const local = readLocalSettings(host.cwd, host.environment);
  if (!args.sandbox) refuseAnotherAccount(publication, local);
  const names = targetNames(publication, expandImages(publication));
  const { reviewed } = args;
  const chosen = new Set(reviewed?.selected ?? selectTargets(names, args).map(({ name }) => name));

  const settings =
    args.sandboxAccount === undefined
      ? undefined
      : await jsonFile('--sandbox-account', args.sandboxAccount, host.cwd);
  const sandbox = args.sandbox
    ? await openSandbox(host.cwd, { url: args.sandboxUrl, speed: args.sandboxSpeed, settings })
    : undefined;
  try {
    const endpoint = sandbox ? `sandbox:${sandbox.id}` : 'aws';
    const clients = sandbox
      ? connect({ endpoint, environment: sandbox.environment })
      : connect({ endpoint, environment: host.environment, ...chosenCredentials(args, local, host) });
    const account = await guardedAccount(publication, sandbox ? undefined : local, clients);
    const closed = await closedRegions(publication, clients);
    const folder = join(releasesFolder(host.cwd, args.sandbox), releaseOf(publication));
    const pinned = reviewed ?? (await pinnedPlan(folder, account, endpoint));
    const made = await makePlan(publication, { clients, account, endpoint, closed }, pinned, new Date());
    const plan = acceptsMixed(args) ? acceptingAnyRecipe(made) : made;
    const selected = plan.targets.filter(({ name }) => chosen.has(name));
    const shownFolder = relative(host.cwd, folder);
    return await use({
      publication,
      plan,
      named,
      selected,
      chosen,
      clients,
      local,
      folder,
      shownFolder,
      ...(sandbox ? { sandbox } : {}),
    });
  } finally {
    await sandbox?.close();
  }
}

/** Which credentials of the user's, where the settings say. Without, those that AWS's own tools would take. */
function chosenCredentials(args: ReleaseArguments, local: LocalSettings, host: Host) {
  const profile = args.profile ?? local.profile;
  const { role: arn, externalId } = local;
  const sessionName = sessionNameOf(host.name);
  const role = arn && { arn, sessionName, ...(externalId === undefined ? {} : { externalId }) };
  return { ...(profile === undefined ? {} : { profile }), ...(role ? { role } : {}) };
}

/** As the command says, or the plan that was read. */
const acceptsMixed = ({ acceptMixed, reviewed }: ReleaseArguments): boolean =>
  acceptMixed || (reviewed?.targets.some(({ acceptsAnyRecipe }) => acceptsAnyRecipe) ?? false);

const acceptingAnyRecipe = (plan: Plan): Plan => ({
  ...plan,
  targets: plan.targets.map((target) => ({ ...target, acceptsAnyRecipe: true })),
});

/** The release of a plan that was read, else the one that the command means; a person who named none is told which. */
function versionFor(
  template: string,
  publication: string,
  { reviewed, sandbox, meant = 'unfinished' }: ReleaseArguments,
  host: Host,
): string {
  if (reviewed?.publication === publication && versionsOf(template, [reviewed.version]).length > 0) {
    return reviewed.version;
  }
  const where = { folder: releasesFolder(host.cwd, sandbox), now: new Date() };
  const { version, said } = timestampedVersion(template, publication, meant, where);
  host.stderr.write(`${said}\n`);
  return version;
}

/** A sandbox's records are kept apart from the real ones. */
const releasesFolder = (cwd: string, sandbox: boolean): string =>
  sandbox ? sandboxReleases(cwd) : join(cwd, '.gopackgo');

/** The account of the credentials, once it is known to be the one that the publication and `local` are for. */
async function guardedAccount(
  publication: Publication,
  local: LocalSettings | undefined,
  clients: Clients,
): Promise<string> {
  const look = await callerAccount(clients, homeRegion(publication.regions.map(({ name }) => name)));
  if (!look.ok) throw new ActionableError(whyNoAccount(look.error, local), exitStatus.refused);
  const guards = [
    { place: `${publication.file}: account`, expected: publication.account },
    { place: local?.places.account, expected: local?.account },
  ];
  const against = guards.find(({ expected }) => expected !== undefined && expected !== look.value);
  if (!against) return look.value;
  throw new ActionableError(
    `${against.place}: expected ${against.expected}, found ${look.value}: these credentials belong to another account. ` +
      'Nothing was made. Choose the right ones (--profile, AWS_PROFILE), or change "account".',
    exitStatus.refused,
  );
}

/** A publication for one account on a machine that is set up for another one. */
function refuseAnotherAccount({ account, file }: Publication, local: LocalSettings): void {
  if (account === undefined || local.account === undefined || account === local.account) return;
  throw new ActionableError(
    `${local.places.account}: expected ${account}, as "account" in ${file} says, found ${local.account}. ` +
      'Nothing was made. Change one of them, or take it out.',
    exitStatus.refused,
  );
}

function whyNoAccount({ code, message, operation }: LookError, local: LocalSettings | undefined): string {
  if (code === 'AccessDenied' && local?.role !== undefined) {
    return (
      `${local.places.role}: expected a role that these credentials may assume, found ${local.role}, for which AWS says ` +
      `${code}: ${message}. Its trust policy has to name who asks, and its external id, where it wants one, belongs in "externalId".`
    );
  }
  if (code === 'CredentialsProviderError') {
    return (
      'AWS credentials: expected some, found none in the environment, the shared configuration or an instance role. ' +
      'Log in (aws sso login), choose a profile (--profile NAME), or rehearse without any: --sandbox.\n' +
      `The SDK says: ${message}`
    );
  }
  if (/Expired/.test(code)) {
    return `AWS credentials: they have expired (${code}). Log in again (aws sso login), then run the same command.`;
  }
  if (/InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|UnrecognizedClient/.test(code)) {
    return `AWS credentials: AWS does not accept them (${code}: ${message}). Check which are chosen: aws sts get-caller-identity.`;
  }
  return `AWS could not be asked whose credentials these are: ${operation}: ${code}: ${message}. Check the network and HTTPS_PROXY.`;
}

/**
 * Best-effort regions that this account has not opted in to, each with what to do about it.
 *
 * @throws ActionableError (4) where that is so of a required region; (2) for a region that AWS does not have.
 */
async function closedRegions(publication: Publication, clients: Clients): Promise<Map<string, string>> {
  const wanted = publication.regions.map(({ name }) => name);
  const look = await listRegions(clients, homeRegion(wanted));
  if (!look.ok) {
    const { operation, code, message } = look.error;
    throw new ActionableError(
      `AWS could not be asked for its regions: ${operation}: ${code}: ${message}`,
      exitStatus.refused,
    );
  }
  const known = look.value.map(({ name }) => name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const lines = unknown.map((name) => {
      const hint = didYouMean(name, known) ?? `there are ${known.sort().join(', ')}`;
      return `${publication.file}: regions: expected a region of AWS, found "${name}"; ${hint}`;
    });
    throw new ActionableError(lines.join('\n'));
  }
  const off = publication.regions.filter(({ name }) =>
    look.value.some((region) => region.name === name && !region.enabled),
  );
  const needed = off.filter(({ bestEffort }) => !bestEffort).map(({ name }) => name);
  if (needed.length > 0) {
    throw new ActionableError(
      `${publication.file}: regions: ${notOptedIn(needed.join(', '), needed[0])}, or leave it out.`,
      exitStatus.refused,
    );
  }
  return new Map(off.map(({ name }) => [name, notOptedIn(name, name)]));
}

const notOptedIn = (regions: string, first: string | undefined) =>
  `this account has not opted in to ${regions}. Enable it (aws account enable-region --region-name ${first})`;

/** The plan that an earlier run wrote down, if it was for this account and this AWS; unreadable ones do not count. */
async function pinnedPlan(folder: string, account: string, endpoint: string): Promise<Plan | undefined> {
  const file = join(folder, 'plan.json');
  let plan: Partial<Plan>;
  try {
    plan = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (
      error instanceof SyntaxError ||
      (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    )
      return undefined;
    throw new ActionableError(
      `${file}: expected the plan of an earlier run, found one that cannot be read: ${String(error)}`,
      exitStatus.refused,
    );
  }
  if (plan.format !== 1 || !Array.isArray(plan.targets)) return undefined;
  if (plan.account === account && plan.endpoint === endpoint) return plan as Plan;
  throw new ActionableError(
    `${file}: expected a plan for account ${account} at ${endpoint}, found one for ${plan.account} at ${plan.endpoint}. ` +
      'Choose the credentials of that account, or delete the folder: no AMI is lost by that.',
    exitStatus.refused,
  );
}
