import type { Context } from '../aws/context.ts';
import { isSameBoot, isSameMachine, withoutBoot } from '../lib/machine-name.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { tagKeys } from '../model/resource-names.ts';
import { buildLimitOf } from '../model/timeouts.ts';

export type BuilderContext = Pick<Context, 'host' | 'clock' | 'builds' | 'timeouts'>;

/**
 * Whether a builder's Packer is running: on this host its process is alive; on another host, which cannot be asked, the
 * builder is younger than the longest build.
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
 * Whether another host's builder is known to be dead, because this folder records its attempt: the machine of that name has
 * restarted since, or Packer ran in another container of this machine and has let go of its lock. A host of the same name that
 * shares the folder is taken for one that restarted.
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
