import type { Context } from '../aws/context.ts';
import { isSameBoot, isSameMachine, withoutBoot } from '../lib/machine-name.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { tagKeys } from '../model/resource-names.ts';
import { buildLimitOf } from '../model/timeouts.ts';

export type BuilderContext = Pick<Context, 'host' | 'clock' | 'builds' | 'timeouts'>;

/**
 * Whether a builder's Packer is running. On this host: its process is alive. On another host, where processes cannot be
 * checked: the builder is younger than the longest build.
 */
export async function isActiveBuilder(
  { tags, state, launched }: Instance,
  context: BuilderContext,
): Promise<boolean> {
  if (state === 'terminated') return false;
  if (!isSameMachine(tags[tagKeys.host] ?? '', context.host))
    return !(context.clock.now() > Date.parse(launched) + buildLimitOf(context.timeouts));
  const pid = parseAttemptTag(tags[tagKeys.attempt] ?? '')?.pid;
  if (pid === undefined) return false;
  return (await context.builds.alive(pid, tags[tagKeys.target] ?? '')) === 'running';
}

/**
 * Whether another host's builder is known to be dead, because this folder records its attempt: the machine with that name has
 * restarted since, or Packer ran in another container on this machine and has released its lock. A different host with the same
 * name that shares the folder looks like a restarted one.
 */
export async function isDeadElsewhere(
  { tags }: Instance,
  recorded: readonly KnownAttempt[],
  { host, builds }: Pick<Context, 'host' | 'builds'>,
): Promise<boolean> {
  const itsHost = tags[tagKeys.host] ?? '';
  const id = parseAttemptTag(tags[tagKeys.attempt] ?? '')?.id;
  const attempt = recorded.find((one) => one.id === id);
  if (attempt === undefined) return false;
  if (isSameBoot(itsHost, host)) return (await builds.hasLetGo?.(attempt)) ?? false;
  return withoutBoot(itsHost) === withoutBoot(host) && itsHost !== withoutBoot(itsHost);
}
