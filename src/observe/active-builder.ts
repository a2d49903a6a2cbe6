import type { Context } from '../aws/context.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { Instance } from '../model/instance.ts';
import { tagKeys } from '../model/resource-names.ts';
import { buildLimit } from './status.ts';

export type BuilderContext = Pick<Context, 'host' | 'clock' | 'builds'>;

/**
 * Whether a builder's Packer is running: on this host its process is alive; on another host, which cannot be asked, the
 * builder is younger than the longest build.
 */
export async function isActiveBuilder(
  { tags, state, launched }: Instance,
  context: BuilderContext,
): Promise<boolean> {
  if (state === 'terminated') return false;
  if (tags[tagKeys.host] !== context.host) return !(context.clock.now() > Date.parse(launched) + buildLimit);
  const pid = parseAttemptTag(tags[tagKeys.attempt] ?? '')?.pid;
  if (pid === undefined) return false;
  return (await context.builds.alive(pid, tags[tagKeys.target] ?? '')) === 'running';
}
