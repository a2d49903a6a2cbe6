import { isDeregistered } from '../aws/ami-states.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { RunningBuild } from '../model/builds.ts';
import type { Target } from '../model/release-plan.ts';

/** Packer itself asks every five seconds. Milliseconds. */
const betweenLookups = 15_000;
const lookupsThatAgree = 3;

/**
 * Notices that somebody deregistered the AMI that Packer waits for: Packer goes on asking for it for three quarters of an hour. Only an
 * AMI that was seen under the target's name counts, since a script may print any id; and EC2 may hide one for some seconds.
 *
 * @returns asks once in a while, when called; then the id of the AMI that is gone.
 */
export function amiWatcher(
  { region, amiName }: Target,
  build: Pick<RunningBuild, 'ami'>,
  { clients, clock }: Pick<Context, 'clients' | 'clock'>,
): () => Promise<string | undefined> {
  let nextAt = 0;
  let seen: string | undefined;
  let missed = 0;
  return async () => {
    if (clock.now() < nextAt) return undefined;
    const id = await build.ami();
    if (id === undefined) return undefined;
    nextAt = clock.now() + betweenLookups;
    const lookup = await findImages(clients, region, { owner: 'self', ids: [id] });
    if (!lookup.ok) return undefined;
    const exists = lookup.value.some((ami) => ami.name === amiName && !isDeregistered(ami));
    if (exists) seen = id;
    missed = exists ? 0 : missed + 1;
    return seen === id && missed >= lookupsThatAgree ? id : undefined;
  };
}
