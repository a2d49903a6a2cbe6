import { join } from 'node:path';
import { startCredentialsBroker } from '../aws/credentials-broker.ts';
import { lasting } from '../aws/lasting-credentials.ts';
import type { ReplaceOptions } from '../build/replace.ts';
import { newerOptions } from '../config/newer-options.ts';
import { amazonVersion } from '../config/option-versions.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import type { FileLock } from '../lib/file-lock.ts';
import { hideSecrets, linesOfKey, secretsIn } from '../lib/hide-secrets.ts';
import { fileOf } from '../lib/origins.ts';
import { appendToOwnFile, makeOwnFolder } from '../lib/own-files.ts';
import { readBounded } from '../lib/read-bounded.ts';
import { refuseProblems } from '../lib/refuse-problems.ts';
import { shellWord } from '../lib/shell-word.ts';
import type { EventBody, Result } from '../model/events.ts';
import type { Publication } from '../model/publication.ts';
import { packerEnvironment } from '../packer/environment.ts';
import { findPacker, type PackerProgram } from '../packer/executable.ts';
import { secretVariable } from '../packer/template.ts';
import { publish } from '../publish/publish.ts';
import { checkRecord, type Destination } from '../record/record.ts';
import { modeFor } from '../report/output.ts';
import { createReport } from '../report/report.ts';
import { advisedCommand } from './advised-command.ts';
import { amisInUse } from './amis-in-use.ts';
import { announceResult, webhookSecrets } from './announce-result.ts';
import { checkedHere } from './checked-here.ts';
import { confirmPublish } from './confirm-publish.ts';
import { createContext } from './create-context.ts';
import { refusePushOfNothing, releaseTagger } from './git-of-release.ts';
import type { Host } from './host.ts';
import {
  type ComparingArguments,
  compareWithPublished,
  describeComparison,
  refusePublished,
} from './if-changed.ts';
import { lockReleaseFolder } from './lock-release.ts';
import { nextCommands, sameOptions, selectionOptions } from './next-commands.ts';
import { type OpenRelease, withRelease } from './open-release.ts';
import { readPlanFile } from './plan-file.ts';
import { prepare } from './prepare-packer.ts';
import { recordDestinations } from './record-destination.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { refuseChanges, releasePlanFile, reviewedArguments } from './release-plan-file.ts';
import { runCommand } from './run.ts';
import { runningBuilds } from './running-builds.ts';
import { say, sayJson } from './say.ts';
import { shellLocalRefusal } from './shell-local.ts';
import { signingVariables } from './signing.ts';
import { buildingUnder, recordingUnder, underLock } from './under-lock.ts';
import { winrmRefusal } from './winrm.ts';
import { publishWithBases } from './with-bases.ts';

export interface PublishArguments extends ReleaseArguments, ComparingArguments {
  /** Publish the publications that this one is based on first. */
  withBases?: boolean;
  yes: boolean;
  parallel: number;
  parallelPerRegion: number;
  attempts: number;
  failFast: boolean;
  replace: boolean;
  takeOver: boolean;
  /** Whether SSM parameters with someone else's value may be overwritten. */
  takeOverParameters: boolean;
  /** Packer's own pauses, in the terminal, one build after the other. */
  debug: boolean;
  quiet: boolean;
  verbose: boolean;
  runLocal: boolean;
  /** Whether to push the git tag of the release once it is published. */
  push: boolean;
  /** File of a reviewed plan: exactly that plan is applied, or nothing, without asking for confirmation. */
  planFile?: string;
}

/** Publishes a release, after its bases if `withBases` is set; run again, it resumes. @returns the exit status of the result. */
export function publishCommand(args: PublishArguments, host: Host): Promise<number> {
  if (args.debug) refuseWithoutTerminal(host);
  if (!args.withBases) return publishOne(args, host);
  return publishWithBases(args, host, (one) => publishOne(one, host));
}

async function publishOne(asked: PublishArguments, host: Host): Promise<number> {
  const compared = asked.ifChanged ? await compareWithPublished(asked, host) : undefined;
  if (compared && asked.json)
    sayJson(host.stdout, { time: new Date().toISOString(), type: 'compared', ...compared });
  else if (compared) say(compared.changed ? host.stderr : host.stdout, describeComparison(compared));
  if (compared?.changed === false) return exitStatus.done;
  const { planFile } = asked;
  const args =
    planFile === undefined ? asked : { ...asked, ...(await argumentsOfPlan(planFile, asked, host)) };
  return withRelease({ ...args, meant: 'new', needsSecrets: true }, host, async (release) => {
    refusePushOfNothing(args, release.publication);
    if (compared) refusePublished(compared, release.plan.release);
    const refusal = shellLocalRefusal(args, release) ?? winrmRefusal(release);
    if (refusal) throw refusal;
    const to = recordDestinations(release.publication, host, { sandbox: args.sandbox });
    for (const destination of to) await checkRecord(destination);
    const packer = await findPacker({ environment: host.environment, folder: host.cwd });
    refuseProblems(release.publication, newerOptions(release.publication, packer), 'packer-too-old');
    const held = await inReleaseFolder(release, () =>
      lockReleaseFolder(release.folder, { release: release.plan.release, command: 'publish' }, host),
    );
    try {
      return await publishLocked({ ...args, publication: release.named }, host, release, packer, to, held);
    } finally {
      await held.release();
    }
  });
}

/** The command that shows the plan for the same command. */
const planCommand = (args: PublishArguments, { command, plan }: OpenRelease): string =>
  command('plan', plan.release, ...selectionOptions(args), ...sameOptions({ ...args, acceptMixed: false }));

/** The arguments that a plan file stands for; it names the release if the command does not. */
async function argumentsOfPlan(file: string, asked: PublishArguments, host: Host) {
  const { publication } = asked;
  const again = advisedCommand(asked)('plan', publication || 'PUB', '--out', shellWord(file));
  const reviewed = await readPlanFile(file, host.cwd, releasePlanFile, again);
  return { ...reviewedArguments(reviewed), publication: publication || reviewed.release };
}

function publishLocked(
  args: PublishArguments,
  host: Host,
  release: OpenRelease,
  packer: PackerProgram,
  to: readonly Destination[],
  held: FileLock,
): Promise<number> {
  const { plan, chosen, folder, publication } = release;
  const builds = runningBuilds(host.cwd);
  const mode = modeFor(args, host.environment, host.stderr.isTTY === true);
  return runCommand<EventBody, Result>(
    host,
    {
      json: args.json,
      quiet: args.quiet,
      folder,
      files: { events: 'events.ndjson', result: 'result.json' },
      report: (screen) => createReport({ mode, ...screen, now: Date.now }),
      clearProgress: release.looked,
      withoutFile: amisOf,
      describeLeft: builds.describeLeft,
      crashed: (message) => crashedResult(release, message),
      describeRunning: builds.describeRunning,
      // They belong to the other process now.
      isKept: () => !held.lost.aborted,
      isResultKept: () => !held.lost.aborted,
    },
    async ({ emit, stop: interrupt, showProgress }) => {
      const began = Date.now();
      const stop = underLock(held, { clients: release.clients, interrupt, emit, release: plan.release });
      const broker = await startCredentialsBroker(
        lasting(release.clients.credentials, {
          now: Date.now,
          warn: (text) => emit({ type: 'warning', text }),
        }),
      );
      try {
        const environment = environmentFor(args, host, release, packer, broker.environment);
        const own = [
          ...secretsIn(host.environment),
          ...keyLines(release.local.privateKey),
          ...secretValues(publication),
          ...webhookSecrets(publication, host.environment),
        ];
        const context = createContext(release, host, {
          emit(event) {
            builds.observe(event);
            emit(event);
          },
          stop,
          plugin: amazonVersion(packer),
          packer: {
            packer: packer.path,
            environment,
            cwd: publication.folder,
            debug: args.debug,
            hide: (text) => hideSecrets(text, [...broker.secrets(), ...own]),
          },
        });
        const done = await publish(
          plan,
          {
            chosen,
            limits: {
              parallel: args.debug ? 1 : args.parallel,
              parallelPerRegion: args.parallelPerRegion,
              attempts: args.debug ? 1 : args.attempts,
              failFast: args.failFast,
            },
            room: replaceOptions(args, release, host),
            folder: release.shownFolder,
            checkedHere: (toBuild) => checkedHere(release, host, { toBuild, push: args.push }),
            tagRelease: releaseTagger(release, host, args),
            review(all) {
              const { reviewed, planFile = '' } = args;
              if (reviewed) refuseChanges(planFile, reviewed, plan, all, args);
            },
            async confirm(mine) {
              if (!args.reviewed)
                await confirmPublish(mine, { ...args, plan: planCommand(args, release) }, host);
            },
            async prepare(toBuild) {
              await held.check();
              const clear = showProgress('Packer checks the templates …');
              await inReleaseFolder(release, () => prepare(release, toBuild, packer, host, context));
              clear();
            },
            takeOverParameters: args.takeOverParameters,
            recordTo: to.map((destination) => recordingUnder(held, destination)),
          },
          { ...context, builds: buildingUnder(held, context.builds) },
        );
        if (held.lost.aborted) return { ...done, exit: exitStatus.failed };
        const result = { ...done, next: nextCommands(args, done, fileOf(publication, 'version')) };
        const seconds = (Date.now() - began) / 1000;
        await announceResult(result, release, host, { seconds, runLocal: args.runLocal, secrets: own, emit });
        return result;
      } finally {
        await broker.close();
      }
    },
  );
}

/** Its targets are unknown: only AWS knows what exists. */
const crashedResult = ({ plan, chosen, shownFolder }: OpenRelease, message: string): Result => ({
  type: 'result',
  format: 2,
  release: plan.release,
  exit: exitStatus.failed,
  targets: plan.targets
    .filter(({ name }) => chosen.has(name))
    .map(({ name, region }) => ({
      name,
      region,
      status: 'unknown',
      attempts: 0,
      seconds: 0,
      error: { kind: 'unknown', message },
    })),
  shared: false,
  recorded: false,
  folder: shownFolder,
  next: ['the same command again   resumes from what exists in AWS'],
});

/** For the warning that the result file could not be written: without the list, the ids would be lost. */
const amisOf = ({ targets }: Result): string =>
  `The AMIs: ${targets.flatMap(({ name, ami }) => (ami ? [`${name} ${ami}`] : [])).join(', ')}`;

const secretValues = ({ secrets = new Map() }: Publication): string[] =>
  [...secrets.values()].filter((value) => value !== undefined);

/** Values of secret variables, by their names in templates. */
const secretsForPacker = ({ secrets = new Map() }: Publication): Record<string, string> =>
  Object.fromEntries(
    [...secrets].flatMap(([name, value]) => (value === undefined ? [] : [[secretVariable(name), value]])),
  );

/** The lines of the certificate's private key, to hide in output. Whether the file can be read is checked elsewhere. */
function keyLines(file: string | undefined): string[] {
  try {
    return file === undefined ? [] : linesOfKey(readBounded(file).toString('utf8'));
  } catch {
    return [];
  }
}

function refuseWithoutTerminal({ terminal }: Host): void {
  if (terminal) return;
  throw new ActionableError('usage-error', {
    place: '--debug',
    expected: 'a terminal, where Packer pauses after each step',
    found: 'none (stdin and stderr)',
    advice: 'Run it in a terminal, or without --debug: the log of each build is kept.',
  });
}

/** The resources that `--replace` and `--take-over` may remove, and the file that lists them before they are removed. */
function replaceOptions(
  { replace, takeOver, sandbox }: PublishArguments,
  release: OpenRelease,
  host: Host,
): ReplaceOptions {
  return {
    replace,
    takeOver,
    recorded: async () => (replace ? amisInUse(release, host, { sandbox }) : new Set()),
    write: (replaced) =>
      inReleaseFolder(release, async () => {
        const at = new Date().toISOString();
        const lines = replaced.map((one) => `${JSON.stringify({ at, ...one })}\n`);
        appendToOwnFile(join(release.folder, 'replaced.ndjson'), lines.join(''), { flush: true });
      }),
  };
}

function environmentFor(
  args: PublishArguments,
  host: Host,
  release: OpenRelease,
  packer: PackerProgram,
  credentials: Record<string, string>,
) {
  const { folder, sandbox } = release;
  const home = join(folder, 'home');
  return packerEnvironment({
    base: sandbox ? 'sandbox' : 'production',
    processEnv: host.environment,
    ...definedOnly({ sandboxEnvironment: sandbox?.environment }),
    home,
    cacheDir: join(folder, 'packer-cache'),
    variables: { host: host.name, ...signingVariables(release), ...secretsForPacker(release.publication) },
    workingFolder: host.cwd,
    ...definedOnly({ pluginFolder: packer.pluginFolder }),
    credentials,
    verbose: args.verbose,
  });
}

async function inReleaseFolder<T>({ folder, shownFolder }: OpenRelease, work: () => Promise<T>): Promise<T> {
  try {
    makeOwnFolder(join(folder, 'home'));
    return await work();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || error instanceof ActionableError) throw error;
    throw new ActionableError('folder-unwritable', {
      place: shownFolder,
      expected: 'a folder that can be written',
      found: code,
      advice: 'Nothing was built. Free some space or fix its permissions.',
    });
  }
}
