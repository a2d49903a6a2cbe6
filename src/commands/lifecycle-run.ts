import { join, relative } from 'node:path';
import type { Context } from '../aws/context.ts';
import { parsePublicationName } from '../config/publication-name.ts';
import { readPublication, type UsedSetting } from '../config/read-publication.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { FileLock } from '../lib/file-lock.ts';
import { located } from '../lib/origins.ts';
import type { ConfiguredTarget } from '../lifecycle/ready-targets.ts';
import { type LifecycleWork, runLifecycle } from '../lifecycle/run-lifecycle.ts';
import type { LifecycleEventBody, LifecyclePlan, LifecycleResult } from '../model/events.ts';
import type { News } from '../model/notification-output.ts';
import type { Publication } from '../model/publication.ts';
import { expandImages } from '../plan/images.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { parameterProblems } from '../plan/parameters.ts';
import { selectTargets } from '../plan/select-targets.ts';
import { targetNames } from '../plan/target-values.ts';
import { createLifecycleReport, lifecyclePlanText } from '../report/lifecycle-report.ts';
import { outputTo } from '../report/output.ts';
import { advisedCommand } from './advised-command.ts';
import { announceNews, webhookSecrets } from './announce-result.ts';
import { createCleanupContext } from './create-context.ts';
import type { Host } from './host.ts';
import { lockPromotion, lockReleaseFolder } from './lock-release.ts';
import { nextAfterLifecycle } from './next-commands.ts';
import { notOptedIn, notOptedInTo, type OpenAccount, releasesFolder } from './open-account.ts';
import { recordable } from './record-destination.ts';
import type { ReleaseArguments, WhereArguments } from './release-arguments.ts';
import { runCommand } from './run.ts';
import { show } from './say.ts';
import { underLock } from './under-lock.ts';
import { readVariableFiles } from './variable-files.ts';

/** The arguments that promote, yank and restore share. */
export type LifecycleArguments = WhereArguments &
  Pick<ReleaseArguments, 'publication' | 'variables' | 'variableFiles' | 'json'> & {
    yes: boolean;
    takeOverParameters: boolean;
  };

/**
 * The config of a release named with its version. The sources of its AMIs are not looked at.
 *
 * @throws ActionableError (2) if no version is named, or the config is wrong.
 */
export function publicationOfRelease(
  args: Omit<LifecycleArguments, 'yes' | 'json' | 'takeOverParameters'>,
  host: Pick<Host, 'cwd' | 'environment'>,
  uses?: readonly UsedSetting[],
): Publication {
  const { publication: named } = args;
  const { version } = parsePublicationName(named);
  if (version === undefined) {
    const publication = publicationToRead(args, host, []);
    throw new ActionableError('usage-error', {
      place: named,
      expected: `a release, with its version: ${named}@1.0.0`,
      found: named,
      advice: `${advisedCommand(args, publication)('releases', publication.name)} lists them.`,
    });
  }
  return publicationToRead(args, host, uses);
}

/**
 * The parts of a config that say who gets AMIs and what names them. The sources of the AMIs are not looked at and need no
 * variables.
 *
 * @param uses the settings whose variables need values.
 */
export function publicationToRead(
  {
    publication,
    variables,
    variableFiles,
  }: Pick<LifecycleArguments, 'publication' | 'variables' | 'variableFiles'>,
  { cwd, environment }: Pick<Host, 'cwd' | 'environment'>,
  uses: readonly UsedSetting[] = ['share', 'parameters'],
): Publication {
  return readPublication(publication, {
    cwd,
    given: variables,
    more: { files: readVariableFiles(variableFiles, cwd), environment },
    uses,
    rules: [parameterProblems, recordable],
  });
}

/** The targets of the current config in regions that the account has opted in to; the other targets by name, with the reason. */
export async function configuredTargets(
  publication: Publication,
  selection: Pick<ReleaseArguments, 'only' | 'except'>,
  { clients }: Pick<OpenAccount, 'clients'>,
): Promise<{ targets: ConfiguredTarget[]; skipped: LifecyclePlan['skipped'] }> {
  const images = expandImages(publication);
  const imageOf = new Map(images.map((image) => [image.name, image]));
  const bestEffort = new Set(publication.regions.flatMap((one) => (one.bestEffort ? [one.name] : [])));
  const chosen = selectTargets(targetNames(publication, images), selection);
  const regions = [...new Set(chosen.map(({ region }) => region))];
  const off = await notOptedInTo(regions, located(publication, 'regions'), clients);
  const needed = off.filter((region) => !bestEffort.has(region));
  if (needed.length > 0) {
    throw new ActionableError(
      'region-not-enabled',
      `${located(publication, 'regions')}: ${notOptedIn(needed.join(', '), needed[0])}.`,
    );
  }
  const open = chosen.filter(({ region }) => !off.includes(region));
  return {
    targets: open.flatMap(({ name, region, image: called }) => {
      const image = imageOf.get(called);
      return image ? [{ name, region, image, required: !bestEffort.has(region) }] : [];
    }),
    skipped: chosen
      .filter(({ region }) => off.includes(region))
      .map(({ name, region }) => ({ target: name, region, why: notOptedIn(region, region) })),
  };
}

/**
 * Runs promote, yank or restore under the lock of its release: shows its plan, asks, applies it, writes the result, and
 * notifies the channels in "notify" if there is news.
 */
export async function runLifecycleCommand(
  publication: Publication,
  args: LifecycleArguments & { command: 'promote' | 'yank' | 'restore' },
  open: OpenAccount,
  host: Host,
  look: (context: Context, held: FileLock) => Promise<LifecycleWork & { news?: (seconds: number) => News }>,
  confirm: (plan: LifecyclePlan) => Promise<boolean>,
): Promise<number> {
  const { command, json } = args;
  const release = releaseOf(publication);
  const releases = releasesFolder(host.cwd, args.sandbox);
  const folder = join(releases, release);
  const held = await lockReleaseFolder(folder, { release, command }, host);
  let promotion: FileLock | undefined;
  try {
    promotion = await lockPromotion(
      join(releases, publication.name),
      { publication: publication.name, command },
      host,
    );
    return await runCommand<LifecycleEventBody, LifecycleResult>(
      host,
      {
        json,
        folder,
        files: { events: `${command}-events.ndjson`, result: `${command}-result.json` },
        report: (screen) => createLifecycleReport({ json, ...screen }),
        isKept: ({ type }) => type !== 'lifecycle-planned' && !held.lost.aborted,
        isResultKept: ({ applied }) => applied && !held.lost.aborted,
      },
      async ({ emit, stop: interrupt }) => {
        const stop = underLock(held, { clients: open.clients, interrupt, emit, release });
        const context = createCleanupContext(open, host, {
          emit: (event) => emit(event as LifecycleEventBody),
          stop,
        });
        const began = context.clock.now();
        const { news, ...work } = await look(context, held);
        const done = await runLifecycle(
          work,
          {
            async confirm(plan) {
              showPlan(plan, args, host);
              return confirm(plan);
            },
            emit(event) {
              emit(event);
              if (event.type === 'lifecycle-planned' && event.changes.length === 0)
                showPlan(event, args, host);
            },
            folder: relative(host.cwd, folder),
          },
          context,
        );
        if (held.lost.aborted) return { ...done, exit: exitStatus.failed };
        const tells = news !== undefined && publication.notify !== undefined;
        if (news && done.exit === exitStatus.done && (done.applied || done.changes.length === 0)) {
          const { clients, sandbox } = open;
          await announceNews(
            news((context.clock.now() - began) / 1000),
            { publication, folder, clients, ...definedOnly({ sandbox }) },
            host,
            {
              runLocal: false,
              secrets: webhookSecrets(publication, host.environment),
              emit: (event) => emit(event as LifecycleEventBody),
            },
          );
        }
        return {
          ...done,
          next: nextAfterLifecycle(done, open.command('releases', publication.name), { tells }),
        };
      },
    );
  } finally {
    await promotion?.release();
    await held.release();
  }
}

function showPlan(plan: LifecyclePlan, { json, yes }: LifecycleArguments, host: Host): void {
  if (json) return;
  const { stream, columns, paint } = outputTo(yes ? host.stderr : host.stdout, host.environment);
  show(stream, lifecyclePlanText(plan, columns(), paint));
}

/** The names of targets in best-effort regions. */
export const optionalTargets = (targets: readonly ConfiguredTarget[]): ReadonlySet<string> =>
  new Set(targets.flatMap(({ name, required }) => (required ? [] : [name])));

/** Options of promote and yank that the shell of a run needs. */
export const aboutRun = (
  publication: Publication,
  { account, endpoint }: OpenAccount,
  more: Pick<LifecyclePlan, 'command' | 'skipped' | 'warnings'> &
    Partial<Pick<LifecyclePlan, 'replaces' | 'loses' | 'gains' | 'promotes' | 'reason'>>,
): LifecycleWork['about'] => ({ release: releaseOf(publication), account, endpoint, ...definedOnly(more) });
