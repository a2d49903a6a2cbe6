import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { redact } from '../lib/redact.ts';
import type { BuildEnd, BuildFailure, Builds, KnownAttempt, RunningBuild } from '../model/builds.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { baseTag, tagKeys } from '../model/resource-names.ts';
import { hasLetGo } from '../packer/attempt-lock.ts';
import { claimAttemptFolder, type KnownAttempt as Recorded, readAttempts } from '../packer/attempts.ts';
import { buildName } from '../packer/build-name.ts';
import { secondsOfEarlierBuilds } from '../packer/earlier-builds.ts';
import { classifyFailure, failureExcerpt } from '../packer/failure.ts';
import { readLog, tailLog } from '../packer/log-file.ts';
import { type Phase, phaseAfter, readOutput } from '../packer/output.ts';
import { type AttemptEnd, startAttempt } from '../packer/process.ts';
import { isAlive, killGroup, stopGroup } from '../packer/process-group.ts';

export interface BuildSettings {
  packer: string;
  /** Packer's complete environment, including `PKR_VAR_…`. */
  environment: Record<string, string>;
  /** Where Packer runs: the config's folder. */
  cwd: string;
  /** Folder of the templates, one file per region. */
  templates: string;
  /** Folder of the attempts. */
  attempts: string;
  /** Folder of all releases of the publication, including this one. */
  releases: string;
  /** A path as messages show it. */
  shown(path: string): string;
  /** Packer's output without known secrets. */
  hide(text: string): string;
  /** Milliseconds until a build is asked to stop, and from then until it is killed. */
  limits: { build: number; grace: number };
  /** Packer's own pauses, in the terminal (`--debug`). */
  debug?: boolean;
  /** Whether builds end when the disk stays full, as in a rehearsal. */
  endWhenFull?: boolean;
  /** Called when Packer has left the builder's private key behind. */
  warn(text: string): void;
}

const linesShown = 12;

/** Builds by Packer, one process per target; their progress and results are read from their logs. */
export function packerBuilds(
  plan: Pick<ReleasePlan, 'release' | 'publication'>,
  settings: BuildSettings,
): Builds {
  return {
    async known(targets) {
      const recorded = await readAttempts(settings.attempts, targets);
      return Promise.all(recorded.map((attempt) => toKnown(attempt)));
    },
    took: (targets) => secondsOfEarlierBuilds(settings.releases, plan.publication, targets),
    alive: (pid, target) => isAlive({ pid, target }),
    hasLetGo: ({ log }) => hasLetGo(dirname(log)),
    start: (target) => start(plan, target, settings),
    stop(pid) {
      stopGroup(pid);
    },
    kill(pid) {
      killGroup(pid);
    },
  };
}

async function toKnown({ target, number, log, pid, record }: Recorded): Promise<KnownAttempt> {
  const { amiId, securityGroupName } = readOutput(await readLog(log), target);
  return {
    id: record?.id ?? `${target}/${number}`,
    target,
    number,
    log,
    ...definedOnly({ pid }),
    ...(record ? { tags: tagsOfRecord(record) } : {}),
    ...definedOnly({ ami: amiId, securityGroup: securityGroupName }),
  };
}

const tagsOfRecord = ({ release, target, recipe, base, commit }: NonNullable<Recorded['record']>) => ({
  [tagKeys.release]: release,
  [tagKeys.target]: target,
  [tagKeys.recipe]: recipe,
  [tagKeys.base]: base,
  ...(commit === undefined ? {} : { [tagKeys.commit]: commit }),
});

async function start(
  plan: Pick<ReleasePlan, 'release' | 'commit'>,
  target: Target,
  settings: BuildSettings,
): Promise<RunningBuild> {
  const { folder } = await claimAttemptFolder(settings.attempts, target.name);
  const id = randomBytes(6).toString('hex');
  const running = await startAttempt({
    id,
    target: target.name,
    build: buildName(target),
    release: plan.release,
    recipe: target.recipe,
    base: baseTag(target.base),
    ...definedOnly({ commit: plan.commit }),
    packer: settings.packer,
    templateFile: join(settings.templates, `${target.region}.pkr.json`),
    cwd: settings.cwd,
    environment: settings.environment,
    folder,
    limitMs: settings.limits.build,
    graceMs: settings.limits.grace,
    ...(settings.debug ? { terminal: true } : {}),
    ...definedOnly({ endWhenFull: settings.endWhenFull }),
  });
  const { pid } = running;
  const log = settings.shown(running.log);
  const tail = tailLog(running.log);
  let phase: Phase = 'preparing';
  let ami: string | undefined;
  let asked = false;
  return {
    id,
    pid,
    log,
    ended: running.ended.then(async (end) => {
      if (settings.debug) await removeDebugKey(target, settings);
      if (settings.debug) return fromTerminal(end, asked);
      try {
        return toEnd(end, settings.hide(await readLog(running.log)), target, log, asked);
      } catch (error) {
        return withoutLog(end, asked, log, error);
      }
    }),
    stop() {
      asked = running.stop();
    },
    async doing() {
      if (settings.debug) return undefined;
      try {
        phase = phaseAfter(phase, await tail(), target.name);
        return phase;
      } catch {
        return undefined;
      }
    },
    async ami() {
      if (phase !== 'creating the AMI') return undefined;
      ami ??= readOutput(await readLog(running.log).catch(() => ''), target.name).amiId;
      return ami;
    },
  };
}

/**
 * With `-debug` Packer writes the builder's private key beside the config, for SSH access, and removes it after cleaning up
 * (measured on 1.6.6). A killed Packer leaves the key there.
 */
async function removeDebugKey({ name }: Target, { cwd, shown, warn }: BuildSettings): Promise<void> {
  const key = join(cwd, `ec2_${name}.pem`);
  try {
    await rm(key);
    warn(`${shown(key)}: Packer left the builder's private key there; gopackgo removed it`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    warn(`${shown(key)}: Packer left the builder's private key there; remove it (${String(error)})`);
  }
}

function fromTerminal({ exit, seconds, timedOut }: AttemptEnd, asked: boolean): BuildEnd {
  const excerpt = { lines: [] };
  if (exit === 0) return { exit, seconds, excerpt };
  const kind = asked ? 'stopped' : timedOut ? 'timeout' : 'other';
  const how = exit === null ? 'was killed' : `ended with status ${exit}`;
  const message = asked ? 'stopped as asked' : `Packer ${how}; see its output in the terminal`;
  return { exit, seconds, excerpt, failure: { kind, message } };
}

/** The result of a build whose log cannot be read: the exit tells how it ended, and AWS tells what it created. */
function withoutLog({ exit, seconds }: AttemptEnd, asked: boolean, log: string, error: unknown): BuildEnd {
  const excerpt = { lines: [], log };
  if (exit === 0) return { exit, seconds, excerpt };
  const message = `Packer failed, and its log could not be read: ${redact(String(error))}`;
  return { exit, seconds, excerpt, failure: { kind: asked ? 'stopped' : 'other', message, log } };
}

function toEnd(
  end: AttemptEnd,
  text: string,
  { name, packer: { options } }: Target,
  log: string,
  asked: boolean,
): BuildEnd {
  const { exit, seconds } = end;
  const { lines, line } = failureExcerpt(text, name, linesShown);
  const excerpt = { lines, log: line === 0 ? log : `${log}:${line}` };
  // Packer may exit 0, without an AMI, from a build that it cancelled.
  const isCancelled = asked && readOutput(text, name).amiId === undefined;
  if (exit === 0 && !isCancelled) return { exit, seconds, excerpt };
  const failure = (kind: BuildFailure['kind'], message: string): BuildEnd => ({
    exit,
    seconds,
    excerpt,
    failure: { kind, message, ...excerpt },
  });
  if (asked)
    return { exit, seconds, excerpt, failure: { kind: 'stopped', message: 'stopped as asked', log } };
  if (end.outOfSpace)
    return failure(
      'other',
      `stopped: no space left on device for ${log} and for the sandbox; free some space`,
    );
  if (end.hung)
    return failure(
      'other',
      'Packer hung: all its processes but the parent have ended, since its log could not be written (no space left on device, say)',
    );
  if (end.timedOut) return failure('timeout', 'stopped: it took too long');
  const { kind, message, throttledAtStart } = classifyFailure(text, name, options);
  return { ...failure(kind, message), ...(throttledAtStart ? { throttledAtStart } : {}) };
}
