import { join, relative } from 'node:path';
import type { Clients, Connected } from '../aws/connection.ts';
import type { LocalSettings } from '../config/local-settings.ts';
import { readPublication } from '../config/read-publication.ts';
import { versionsOf } from '../config/timestamp.ts';
import { withVersionOfTag } from '../config/version-of-tag.ts';
import { headCommit } from '../git/look.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { located } from '../lib/origins.ts';
import { readOwnFile } from '../lib/own-files.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { Publication } from '../model/publication.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { expandImages } from '../plan/images.ts';
import { makeReleasePlan, releaseOf } from '../plan/make-plan.ts';
import { publicationRules } from '../plan/publication-rules.ts';
import { selectTargets, withSources } from '../plan/select-targets.ts';
import { targetNames } from '../plan/target-values.ts';
import { count } from '../report/text.ts';
import { loginUserOfBases, publishBaseOf, refuseCircles } from './base-publications.ts';
import { gitPlace } from './git-place.ts';
import type { Host } from './host.ts';
import { notOptedIn, notOptedInTo, type OpenAccount, releasesFolder, withAccount } from './open-account.ts';
import type { OpenSandbox } from './open-sandbox.ts';
import { showProgress } from './progress-line.ts';
import { recordable } from './record-destination.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { say } from './say.ts';
import { timestampedVersion } from './timestamped-version.ts';
import { readVariableFiles } from './variable-files.ts';

/** A release, looked up: its plan, the clients to publish it with, and the folder of its files. */
export interface OpenRelease {
  publication: Publication;
  plan: ReleasePlan;
  /** The release as a command names it: with its version if the config's contains `{timestamp}`. */
  named: string;
  /** The targets that `--only` and `--except` select; all without them. */
  selected: Target[];
  /** The names of these, and of selected targets that the plan skips. */
  chosen: ReadonlySet<string>;
  clients: Connected;
  /** This person's and machine's settings. The sandbox uses no account, profile and role: it has none of them. */
  local: LocalSettings;
  sandbox?: OpenSandbox;
  /** Formats a command that a message recommends. */
  command: AdvisedCommand;
  /** `.gopackgo/official@2.6.4`, absolute, and as messages show it. */
  folder: string;
  shownFolder: string;
  /** Clears the progress line; call it before any output. */
  looked(): void;
}

/**
 * From a publication's name to its plan. The config and the selection are checked before AWS is asked anything.
 *
 * @param opened called once the account is known, before the plan is made: base images may be missing.
 */
export async function withRelease<T>(
  args: ReleaseArguments,
  host: Host,
  use: (release: OpenRelease) => Promise<T>,
  opened: (publication: Publication, account: OpenAccount) => Promise<void> = async () => undefined,
): Promise<T> {
  const asked = withVersionOfTag(args.publication, host.cwd);
  let named = asked;
  const publication = readPublication(asked, {
    cwd: host.cwd,
    rules: [...publicationRules, recordable],
    given: args.variables,
    more: { files: readVariableFiles(args.variableFiles, host.cwd), environment: host.environment },
    ...definedOnly({ needsSecrets: args.needsSecrets, uses: args.uses }),
    versionOf(template, name) {
      const version = versionFor(template, name, args, host);
      named = `${asked}@${version}`;
      return version;
    },
  });
  refuseCircles(publication, host);
  const names = targetNames(publication, expandImages(publication));
  const { reviewed } = args;
  const chosen = new Set(
    reviewed?.selected ?? withSources(names, selectTargets(names, args), args).map(({ name }) => name),
  );
  const looked = showProgress(describeLookups(publication, args), args, host);
  const done = withAccount(publication, args, host, async (open) => {
    const { local, sandbox, clients, account, endpoint, command } = open;
    await opened(publication, open);
    const closed = await closedRegions(publication, clients);
    const folder = join(releasesFolder(host.cwd, args.sandbox), releaseOf(publication));
    const pinned = reviewed ?? (await pinnedPlan(folder, account, endpoint));
    const made = await makeReleasePlan(
      publication,
      {
        clients,
        account,
        endpoint,
        closed,
        loginUserOfBase: loginUserOfBases(publication, host),
        publishBase: publishBaseOf(publication, command),
      },
      pinned,
      new Date(),
    );
    const head = publication.git && (await headCommit(gitPlace(publication, host)));
    const known = { ...made, ...(head && 'commit' in head ? { commit: head.commit } : {}) };
    const plan = args.acceptMixed ? acceptingAnyRecipe(known) : known;
    const selected = plan.targets.filter(({ name }) => chosen.has(name));
    const shownFolder = relative(host.cwd, folder);
    if (publication.share.accounts.includes(account)) {
      looked();
      say(host.stderr, sharedWithItself(publication, account));
    }
    return await use({
      publication,
      plan,
      named,
      selected,
      chosen,
      clients,
      local,
      command,
      folder,
      shownFolder,
      looked,
      ...definedOnly({ sandbox }),
    });
  });
  return await done.finally(looked);
}

/** All regions are looked at even for a selection, since sharing depends on all targets. */
function describeLookups(
  { regions }: Publication,
  { sandbox, only, except }: Pick<ReleaseArguments, 'sandbox' | 'only' | 'except'>,
): string {
  const number = count(regions.length, 'region');
  const which =
    only.length + except.length > 0 && regions.length > 1 ? `all ${number}, selected or not,` : number;
  return `Looking at ${which} of ${sandbox ? 'the sandbox' : 'AWS'} …`;
}

const sharedWithItself = (publication: Publication, account: string): string =>
  `warning: ${located(publication, 'share.accounts')}: ${account} is skipped: it is the account of these credentials, which owns the AMIs.`;

const acceptingAnyRecipe = (plan: ReleasePlan): ReleasePlan => ({
  ...plan,
  targets: plan.targets.map((target) => ({ ...target, acceptsAnyRecipe: true })),
});

/** The version of a reviewed plan, otherwise the one that the command means; prints which one. */
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
  say(host.stderr, said);
  return version;
}

/**
 * The best-effort regions that this account has not opted in to, each with advice.
 *
 * @throws ActionableError (4) if the account has not opted in to a required region; (2) for a region that AWS does not have.
 */
export async function closedRegions(
  publication: Publication,
  clients: Clients,
): Promise<Map<string, string>> {
  const off = await notOptedInTo(
    publication.regions.map(({ name }) => name),
    located(publication, 'regions'),
    clients,
  );
  const needed = publication.regions.filter(({ name, bestEffort }) => !bestEffort && off.includes(name));
  if (needed.length > 0) {
    const names = needed.map(({ name }) => name);
    throw new ActionableError(
      'region-not-enabled',
      `${located(publication, 'regions')}: ${notOptedIn(names.join(', '), names[0])}, or remove it from the config.`,
    );
  }
  return new Map(off.map((name) => [name, notOptedIn(name, name)]));
}

/** The plan that an earlier run wrote, if it was for this account and endpoint; an invalid one is ignored. */
export async function pinnedPlan(
  folder: string,
  account: string,
  endpoint: string,
): Promise<ReleasePlan | undefined> {
  const file = join(folder, 'plan.json');
  let plan: Partial<Omit<ReleasePlan, 'format'>> & { format?: number };
  try {
    plan = JSON.parse(await readOwnFile(file));
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
    throw new ActionableError('earlier-plan-unreadable', {
      place: file,
      expected: 'the plan of an earlier run',
      found: `one that cannot be read: ${String(error)}`,
    });
  }
  if (![1, 2].includes(plan.format ?? 0) || !Array.isArray(plan.targets)) return undefined;
  if (plan.account === account && plan.endpoint === endpoint) return { ...plan, format: 2 } as ReleasePlan;
  throw new ActionableError('wrong-account', {
    place: file,
    expected: `a plan for account ${account} at ${endpoint}`,
    found: `one for ${plan.account} at ${plan.endpoint}`,
    advice: 'Choose the credentials of that account, or delete the folder: that deletes no AMI.',
  });
}
