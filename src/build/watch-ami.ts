import { isDeregistered } from '../aws/ami-states.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { RunningBuild } from '../model/builds.ts';
import type { Target } from '../model/release-plan.ts';

/** Packer itself asks every five seconds. Milliseconds. */
const betweenLookups = 15_000;
const lookupsThatAgree = 3;

/**
 * Notices that somebody deregistered the AMI that Packer waits for: Packer 1.6.6 goes on asking for it for three quarters of an hour,
 * current Packer fails by itself. Only an AMI that was seen under the target's name counts, since a script may print any id.
 *
 * @returns asks once in a while, when called; then the id of the AMI that is gone.
 */
export function amiWatcher(
  { region, amiName }: Target,
  build: Pick<RunningBuild, 'ami'>,
  context: Pick<Context, 'clients' | 'clock' | 'lag'>,
): () => Promise<string | undefined> {
  const { clients, clock } = context;
  let nextAt = 0;
  let seen: string | undefined;
  return async () => {
    if (clock.now() < nextAt) return undefined;
    const id = await build.ami();
    if (id === undefined) return undefined;
    nextAt = clock.now() + betweenLookups;
    const lookUp = async () => {
      const lookup = await findImages(clients, region, { owner: 'self', ids: [id] });
      if (!lookup.ok) return 'unknown';
      return lookup.value.some((ami) => ami.name === amiName && !isDeregistered(ami)) ? 'exists' : 'gone';
    };
    const pace = { clock, every: consistencyPause(context, 1_000), tries: lookupsThatAgree };
    const now = await poll(pace, lookUp, (answer) => seen !== id || answer !== 'gone');
    if (now === 'exists') seen = id;
    return now === 'gone' && seen === id ? id : undefined;
  };
}
