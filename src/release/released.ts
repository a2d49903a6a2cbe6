import type { Look } from '../lib/look.ts';
import type { World } from './world.ts';

export const betweenTries = 3_000;
/** EC2 lets a thing go seconds after what used it; `DependencyViolation` or `…InUse` until then. */
const triesAtMost = 20;

export type Delete = (clients: World['clients'], region: string, id: string) => Promise<Look<void>>;

export type Removing = (
  resource: { id: string; region: string },
  remove: Delete,
  world: Pick<World, 'clients' | 'clock'>,
) => Promise<Look<void>>;

/** Deletes what was in use a moment ago, waiting for EC2 to know that it no longer is: about a minute at most. */
export async function released(
  { id, region }: { id: string; region: string },
  remove: Delete,
  { clients, clock }: Pick<World, 'clients' | 'clock'>,
): Promise<Look<void>> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await remove(clients, region, id);
    const inUse = !outcome.ok && /DependencyViolation|InUse$/.test(outcome.error.code);
    if (!inUse || attempt === triesAtMost) return outcome;
    await clock.sleep(betweenTries);
  }
}
