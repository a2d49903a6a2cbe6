import type { World } from '../aws/context.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { Instance } from '../model/instance.ts';
import { tagKeys } from '../model/resource-names.ts';
import { buildLimit } from './status.ts';

export type AskingWorld = Pick<World, 'host' | 'clock' | 'builds'>;

/**
 * Whether a builder's Packer is at work: on this host its process is alive; on another one it is younger than a build may
 * be, since nobody can ask that host.
 */
export async function isAtWork({ tags, state, launched }: Instance, world: AskingWorld): Promise<boolean> {
  if (state === 'terminated') return false;
  if (tags[tagKeys.host] !== world.host) return !(world.clock.now() > Date.parse(launched) + buildLimit);
  const pid = parseAttemptTag(tags[tagKeys.attempt] ?? '')?.pid;
  if (pid === undefined) return false;
  return (await world.builds.alive(pid, tags[tagKeys.target] ?? '')) === 'running';
}
