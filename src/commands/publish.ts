import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCredentialsBroker } from '../aws/credentials-broker.ts';
import { lasting } from '../aws/lasting-credentials.ts';
import type { ReplaceOptions } from '../build/replace.ts';
import { newerOptions } from '../config/newer-options.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { hideSecrets, linesOfKey, secretsIn } from '../lib/hide-secrets.ts';
import { refuseProblems } from '../lib/problem.ts';
import { processExists } from '../lib/process-exists.ts';
import { lockRelease } from '../lib/release-lock.ts';
import type { EventBody } from '../model/events.ts';
import { packerEnvironment } from '../packer/environment.ts';
import { findPacker, type PackerProgram } from '../packer/executable.ts';
import { publish } from '../publish/publish.ts';
import { readIds } from '../record/ids-file.ts';
import type { Destination } from '../record/record.ts';
import { modeFor, outputTo } from '../report/output.ts';
import { createReport } from '../report/report.ts';
import { confirm } from './confirm.ts';
import { createContext } from './create-context.ts';
import type { Host } from './host.ts';
import { handleInterrupts } from './interrupt.ts';
import { nextCommands } from './next-commands.ts';
import { type OpenRelease, withRelease } from './open-release.ts';
import { readPlanFile, refuseChanges, reviewedArguments } from './plan-file.ts';
import { prepare } from './prepare-packer.ts';
import { showProgress } from './progress-line.ts';
import { recordDestination } from './record-destination.ts';
import { recordedAmis } from './recorded-amis.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { signingVariables } from './signing.ts';
import { writeResult } from './write-result.ts';

export interface PublishArguments extends ReleaseArguments {
  yes: boolean;
  parallel: number;
  parallelPerRegion: number;
  attempts: number;
  failFast: boolean;
  replace: boolean;
  takeOver: boolean;
  /** Packer's own pauses, one build after the other, in the terminal. */
  debug: boolean;
  quiet: boolean;
  verbose: boolean;
  runLocal: boolean;
  /** A plan that was read: apply exactly that, or nothing. It answers the question. */
  planFile?: string;
}

/** Publish a release; run it again to resume. The exit status is that of the result. */
export async function publishCommand(asked: PublishArguments, host: Host): Promise<number> {
  const { planFile } = asked;
  if (asked.debug) refuseWithoutTerminal(host);
  const args =
    planFile === undefined
      ? asked
      : { ...asked, ...reviewedArguments(await readPlanFile(planFile, host.cwd)) };
  return withRelease({ ...args, meant: 'new' }, host, async (release) => {
    refuseRunningLocally(args, release);
    const to = recordDestination(release.publication, host, { sandbox: args.sandbox });
    if (to) await readIds(to.file, to.disk);
    const packer = await findPacker({ environment: host.environment, folder: host.cwd });
    refuseProblems(release.publication.file, newerOptions(release.publication, packer), exitStatus.refused);
    const me = { pid: host.pid, host: host.name, startedAt: new Date().toISOString() };
    const held = await inReleaseFolder(release, () =>
      lockRelease(join(release.folder, 'lock'), release.plan.release, me, processExists),
    );
    try {
      return await publishLocked({ ...args, publication: release.named }, host, release, packer, to);
    } finally {
      await held.release();
    }
  });
}

async function publishLocked(
  args: PublishArguments,
  host: Host,
  release: OpenRelease,
  packer: PackerProgram,
  to: Destination | undefined,
): Promise<number> {
  const { plan, chosen, folder, publication } = release;
  const screen = {
    stdout: outputTo(host.stdout, host.environment),
    stderr: outputTo(host.stderr, host.environment),
  };
  const report = createReport({
    mode: modeFor(args, host.environment, host.stderr.isTTY === true),
    ...screen,
    now: Date.now,
  });
  let endNotice = release.looked;
  const emit = (body: EventBody) => {
    endNotice();
    const event = { time: new Date().toISOString(), ...body };
    appendEvent(folder, event);
    report.emit(event);
  };
  const broker = await startCredentialsBroker(
    lasting(release.clients.credentials, { now: Date.now, warn: (text) => emit({ type: 'warning', text }) }),
  );
  const environment = environmentFor(args, host, release, packer, broker.environment);
  const own = [...secretsIn(host.environment), ...(await keyLines(release.local.privateKey))];
  const { stop, sink, end } = handleInterrupts(host, emit, report.close);
  const context = createContext(release, host, {
    emit: sink,
    stop,
    packer: {
      packer: packer.path,
      environment,
      cwd: publication.folder,
      debug: args.debug,
      hide: (text) => hideSecrets(text, [...broker.secrets(), ...own]),
    },
  });
  try {
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
        room: roomOptions(args, release, host),
        folder: release.shownFolder,
        review(all) {
          const { reviewed, planFile = '' } = args;
          if (reviewed) refuseChanges(planFile, reviewed, plan, all, args);
        },
        async confirm(mine) {
          if (!args.reviewed) await confirm(mine, args, host);
        },
        async prepare(toBuild) {
          endNotice = showProgress('Packer checks the templates …', args, host);
          await inReleaseFolder(release, () => prepare(release, toBuild, packer, environment, context));
          endNotice();
        },
        ...definedOnly({ recordTo: to }),
      },
      context,
    );
    const next = nextCommands(args, done, publication.file);
    const result = await writeResult(folder, { ...done, next }, emit);
    emit(result);
    return result.exit;
  } finally {
    endNotice();
    end();
    await broker.close();
    await report.close();
  }
}

/** What it takes to know the certificate's key where a program prints it. Whether it can be read is looked at elsewhere. */
const keyLines = async (file: string | undefined): Promise<string[]> =>
  file === undefined ? [] : linesOfKey(await readFile(file, 'utf8').catch(() => ''));

function refuseWithoutTerminal({ terminal }: Host): void {
  if (terminal) return;
  throw new ActionableError(
    '--debug: expected a terminal, where Packer pauses after each step, found none (stdin and stderr). ' +
      'Run it in a terminal, or without --debug: the log of each build is kept.',
  );
}

/** What may go, what must stay, and where it is written down before it goes. */
function roomOptions(
  { replace, takeOver, sandbox }: PublishArguments,
  release: OpenRelease,
  host: Host,
): ReplaceOptions {
  return {
    replace,
    takeOver,
    recorded: async () => (replace ? recordedAmis(release.publication, host, { sandbox }) : new Set()),
    write: (replaced) =>
      inReleaseFolder(release, async () => {
        const at = new Date().toISOString();
        const lines = replaced.map((one) => `${JSON.stringify({ at, ...one })}\n`);
        await appendFile(join(release.folder, 'replaced.ndjson'), lines.join(''), { flush: true });
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
    variables: { host: host.name, ...signingVariables(release) },
    workingFolder: host.cwd,
    ...definedOnly({ pluginFolder: packer.pluginFolder }),
    credentials,
    verbose: args.verbose,
  });
}

/** `shell-local` would act on the machine of whoever rehearses: scripts of a real release meant for real resources. */
function refuseRunningLocally(
  { runLocal }: PublishArguments,
  { sandbox, plan, publication }: OpenRelease,
): void {
  if (!sandbox || runLocal) return;
  const local = plan.targets.some(({ packer }) =>
    packer.provisioners.some(({ type }) => type === 'shell-local'),
  );
  if (!local) return;
  throw new ActionableError(
    `${publication.file}: provisioners: "shell-local" runs on this machine, not in the sandbox. Add --run-local if it may.`,
    exitStatus.refused,
  );
}

async function inReleaseFolder<T>({ folder, shownFolder }: OpenRelease, work: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(join(folder, 'home'), { recursive: true });
    return await work();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || error instanceof ActionableError) throw error;
    throw new ActionableError(
      `${shownFolder}: expected a folder that can be written, found ${code}. Nothing was built. Make room or mend its permissions.`,
      exitStatus.refused,
    );
  }
}

/** For reports only; a run goes on without it. */
function appendEvent(folder: string, event: object): void {
  try {
    appendFileSync(join(folder, 'events.ndjson'), `${JSON.stringify(event)}\n`);
  } catch {}
}
