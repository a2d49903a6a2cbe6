import type { Instance } from '../aws/instances.ts';
import { parseAttemptTag } from '../packer/attempt-tag.ts';
import { tagKeys } from '../plan/resource-names.ts';
import { buildLimit } from './standing.ts';
import type { World } from './world.ts';

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
