import { join, relative } from 'node:path';
import { type CleanupOptions, cleanup } from '../cleanup/cleanup.ts';
import { keyOfLeftover } from '../cleanup/decide-region.ts';
import { toChange } from '../cleanup/plan.ts';
import { lockedReleases } from '../cleanup/releases-in-progress.ts';
import { parsePublicationName } from '../config/publication-name.ts';
import { readPublication } from '../config/read-publication.ts';
import { isCandidateOf } from '../config/timestamp.ts';
import { withVersionOfTag } from '../config/version-of-tag.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { FileLock } from '../lib/file-lock.ts';
import { shellWord } from '../lib/shell-word.ts';
import type {
  CleanupAsked,
  CleanupEventBody,
  CleanupPlan,
  CleanupResult,
  UnseenRegion,
} from '../model/events.ts';
import type { Publication } from '../model/publication.ts';
import { combinedImages } from '../plan/image.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { selectTargets } from '../plan/select-targets.ts';
import { type TargetName, targetNames } from '../plan/target-values.ts';
import { removalRecordsIn } from '../remove/removal-records.ts';
import { createCleanupReport } from '../report/cleanup-report.ts';
import { cleanupTable } from '../report/cleanup-table.ts';
import { outputTo } from '../report/output.ts';
import { advisedCommand } from './advised-command.ts';
import { cleanupPlanFile, refuseCleanupChanges } from './cleanup-plan-file.ts';
import { confirmCleanup } from './confirm-cleanup.ts';
import { createCleanupContext } from './create-context.ts';
import type { Host } from './host.ts';
import { claimantOf, lockReleaseFolder } from './lock-release.ts';
import { nextAfterCleanup } from './next-commands.ts';
import { notOptedIn, notOptedInTo, type OpenAccount, releasesFolder, withAccount } from './open-account.ts';
import { parseCleanupOptions, type WrittenCleanup, withRetention } from './parse-cleanup-options.ts';
import { readPlanFile, writePlanFile } from './plan-file.ts';
import { recordedAmis } from './recorded-amis.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { runCommand } from './run.ts';
import { show } from './say.ts';
import { underLock } from './under-lock.ts';

export interface CleanupArguments
  extends Omit<
    ReleaseArguments,
    'only' | 'except' | 'variables' | 'variableFiles' | 'acceptMixed' | 'reviewed' | 'meant'
  > {
  written: WrittenCleanup;
  /** Only these regions; the config's if empty. */
  regions: string[];
  yes: boolean;
  /** File of a reviewed plan: exactly that plan is applied, or nothing. */
  planFile?: string;
  out?: string;
}

/** Shows what would be deleted, and deletes it with `--yes`, with a reviewed plan, or once confirmed at the terminal. */
export async function cleanupCommand(asked: CleanupArguments, host: Host): Promise<number> {
  const reviewed =
    asked.planFile === undefined
      ? undefined
      : await readPlanFile(asked.planFile, host.cwd, cleanupPlanFile, anotherPlan(asked.planFile));
  const args = {
    ...asked,
    publication: withVersionOfTag(
      asked.publication || (reviewed?.release ?? reviewed?.publication ?? ''),
      host.cwd,
    ),
  };
  const named = parsePublicationName(args.publication);
  const publication = readPublication(args.publication, { cwd: host.cwd, given: 'unneeded' });
  if (reviewed) refuseAnotherPublication(args, publication, named.version, reviewed);
  const release = reviewed ? reviewed.release : named.version && releaseOf(publication);
  const chosen =
    reviewed?.asked ??
    parseCleanupOptions(
      withRetention(args.written, release, publication.retention),
      named.publication,
      release,
      advisedCommand(args),
    );
  const ours = reviewed?.release === undefined ? publication : ofRelease(publication, reviewed.release);
  return withAccount(ours, args, host, (account) =>
    inAccount(ours, { ...args, asked: chosen, ...(release ? { release } : {}), reviewed }, account, host),
  );
}

const anotherPlan = (file: string): string =>
  `add --out ${shellWord(file)} to the command that chooses what is deleted`;

interface Checked extends CleanupArguments {
  asked: CleanupAsked;
  release?: string;
  reviewed: CleanupPlan | undefined;
}

async function inAccount(
  publication: Publication,
  args: Checked,
  open: OpenAccount,
  host: Host,
): Promise<number> {
  const { asked, release, reviewed } = args;
  const { account, endpoint } = open;
  const releases = releasesFolder(host.cwd, args.sandbox);
  const folder = join(releases, release ?? publication.name);
  const now = new Date();
  const { regions, closed, everyRegion } = await openRegions(publication, args, open);
  let held: FileLock | undefined;
  const options: Omit<CleanupOptions, 'emit'> = {
    about: {
      format: 2,
      publication: publication.name,
      ...definedOnly({ release }),
      account,
      endpoint,
      createdAt: now.toISOString(),
      asked,
    },
    regions,
    everyRegion,
    closed,
    async locked() {
      const locked = await lockedReleases(releases, publication.name, claimantOf(host));
      if (held && release !== undefined) locked.delete(release);
      return locked;
    },
    of: {
      asked,
      now: now.getTime(),
      mayUnprotect: publication.lifecycle?.deregistrationProtection !== undefined,
      candidate: (version) => isCandidateOf(publication.versionTemplate ?? '', version),
      ...definedOnly({ release }),
    },
    recorded: () => recordedAmis(publication, host, args),
    select: (targets) => selected(publication, targets, asked),
    async confirm(plan) {
      if (args.out !== undefined) await writePlanFile(args.out, host.cwd, plan);
      if (!args.json) showPlan(plan, args, host);
      if (reviewed) refuseCleanupChanges(args.planFile ?? '', reviewed, plan);
      const applies = reviewed !== undefined || (await confirmCleanup(plan, args, host));
      return applies;
    },
    approved: (plan) => (reviewed ? onlyReviewed(plan, reviewed) : plan),
    records: removalRecordsIn(releases, { account, endpoint, now: () => new Date() }),
    folder: relative(host.cwd, folder),
  };
  try {
    return await runCommand<CleanupEventBody, CleanupResult>(
      host,
      {
        json: args.json,
        folder,
        files: { events: 'cleanup-events.ndjson', result: 'cleanup-result.json' },
        report: (screen) => createCleanupReport({ json: args.json, ...screen }),
        isKept: ({ type }) => type !== 'cleanup-planned' && !held?.lost.aborted,
        isResultKept: ({ applied }) => applied && !held?.lost.aborted,
      },
      async ({ emit, stop: interrupt }) => {
        const stopping = new AbortController();
        const context = createCleanupContext(open, host, {
          emit: (event) => emit(event as CleanupEventBody),
          stop: AbortSignal.any([interrupt, stopping.signal]),
          timeouts: publication.timeouts,
        });
        const confirm: CleanupOptions['confirm'] = async (plan) => {
          const applies = await options.confirm(plan);
          if (!applies || release === undefined) return applies;
          held = await lockReleaseFolder(folder, { release, command: 'cleanup' }, host);
          const stop = underLock(held, { clients: open.clients, interrupt, emit, release });
          stop.addEventListener('abort', () => stopping.abort(), { once: true });
          return true;
        };
        const done = await cleanup(publication, { ...options, confirm, emit }, context);
        if (held?.lost.aborted) return { ...done, exit: exitStatus.failed };
        return { ...done, next: nextAfterCleanup(done, publication.name, open.command) };
      },
    );
  } finally {
    await held?.release();
  }
}

/** The regions to look at, those that this account has not opted in to, and every open region of the config and `--region`. */
async function openRegions(
  { regions: configured, file }: Publication,
  { regions: asked, reviewed }: Checked,
  { clients }: OpenAccount,
): Promise<{ regions: string[]; closed: UnseenRegion[]; everyRegion: string[] }> {
  const chosen = reviewed?.regions ?? asked;
  const wanted = [...new Set(chosen.length > 0 ? chosen : configured.map(({ name }) => name))];
  const place = asked.length > 0 ? '--region' : `${file}: regions`;
  const all = [...new Set([...wanted, ...configured.map(({ name }) => name)])];
  const off = await notOptedInTo(all, place, clients);
  const bestEffort = (region: string) => configured.some((one) => one.name === region && one.bestEffort);
  return {
    regions: wanted.filter((name) => !off.includes(name)),
    everyRegion: all.filter((name) => !off.includes(name)),
    closed: wanted
      .filter((region) => off.includes(region))
      .map((region) => ({
        region,
        why: notOptedIn(region, region),
        ...(bestEffort(region) ? { bestEffort: true as const } : {}),
      })),
  };
}

/** The targets in the config and in AWS that `--only` and `--except` select; undefined if neither is given. */
function selected(
  publication: Publication,
  there: readonly TargetName[],
  { only, except }: CleanupAsked,
): Set<string> | undefined {
  if (only.length + except.length === 0) return undefined;
  const known = [...targetNames(publication, combinedImages(publication)), ...there];
  const all = [...new Map(known.map((one) => [one.name, one])).values()];
  return new Set(selectTargets(all, { only, except }).map(({ name }) => name));
}

/** Resources that are new since the plan was reviewed are not deleted. */
function onlyReviewed(plan: CleanupPlan, reviewed: CleanupPlan): CleanupPlan {
  const amis = new Set(toChange(reviewed).map(({ ami }) => ami));
  const left = new Set(reviewed.leftovers.map(keyOfLeftover));
  return {
    ...plan,
    amis: plan.amis.filter(({ verdict, ami }) => verdict === 'keep' || amis.has(ami)),
    leftovers: plan.leftovers.filter((one) => left.has(keyOfLeftover(one))),
  };
}

function refuseAnotherPublication(
  { planFile }: CleanupArguments,
  { name }: Publication,
  version: string | undefined,
  reviewed: CleanupPlan,
): void {
  const asked = version === undefined ? name : `${name}@${version}`;
  const planned = reviewed.release ?? reviewed.publication;
  if (asked === planned || (version === undefined && reviewed.publication === name)) return;
  throw new ActionableError('plan-file-invalid', {
    place: `--plan ${planFile}`,
    expected: `a plan for ${asked}`,
    found: `one for ${planned}`,
  });
}

const ofRelease = (publication: Publication, release: string): Publication => ({
  ...publication,
  version: release.slice(publication.name.length + 1),
});

function showPlan(plan: CleanupPlan, { yes, reviewed }: Checked, host: Host): void {
  const { stream, columns, paint } = outputTo(yes || reviewed ? host.stderr : host.stdout, host.environment);
  show(stream, cleanupTable(plan, columns(), paint));
}
