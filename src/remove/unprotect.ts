import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { unprotectImage } from '../aws/image-lifecycle.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import { cooldown, type Protection, protectionOf, untilWords } from '../model/protection.ts';
import type { Postponed } from '../model/resource.ts';

export type UnprotectContext = Pick<Context, 'clients' | 'clock' | 'lag'>;

/**
 * Turns off the deregistration protection of an AMI, and looks again until EC2 shows it.
 *
 * @returns `off`, or `cooling` if the protection had a cooldown: EC2 refuses to deregister the AMI until it ends.
 */
export async function unprotect(
  { ami, region }: { ami: string; region: string },
  context: UnprotectContext,
): Promise<Lookup<Protection>> {
  const { clients, clock } = context;
  const done = await unprotectImage(clients, region, ami);
  if (!done.ok) return done;
  const look = async (): Promise<Lookup<Protection>> => {
    const found = await findImages(clients, region, { owner: 'self', ids: [ami] });
    return found.ok ? okLookup(protectionOf(found.value[0] ?? {}, clock.now())) : found;
  };
  const seen = await poll(
    { clock, every: consistencyPause(context, 1_000), tries: 30 },
    look,
    (answer) => answer.ok && answer.value.is !== 'on',
  );
  if (!seen.ok || seen.value.is !== 'on') return seen;
  const operation = 'ec2:DescribeImages';
  const message = 'AWS turned its deregistration protection off, but still shows it as on';
  return failedLookup({ code: 'NotSeen', message, operation, region });
}

/** @param until the time that EC2 gives; absent if it gives none: a day from now then. */
export const unprotected = (until: string | undefined, now: number): Postponed => ({
  outcome: 'unprotected',
  why: `its deregistration protection was turned off; it can be deleted after ${untilWords(until ?? new Date(now + cooldown).toISOString())}`,
});
