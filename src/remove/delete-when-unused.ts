import type { Context } from '../aws/context.ts';
import { poll } from '../lib/poll.ts';
import type { Lookup } from '../model/lookup.ts';

export const betweenTries = 3_000;

export type Delete = (clients: Context['clients'], region: string, id: string) => Promise<Lookup<void>>;

export type Removing = (
  resource: { id: string; region: string },
  remove: Delete,
  context: Pick<Context, 'clients' | 'clock'>,
) => Promise<Lookup<void>>;

/**
 * Deletes what was in use a moment ago. EC2 lets a thing go seconds after what used it; it answers `DependencyViolation` or
 * `…InUse` until then, which is waited for: about a minute at most.
 */
export const deleteWhenUnused: Removing = ({ id, region }, remove, { clients, clock }) =>
  poll(
    { clock, every: betweenTries, tries: 20 },
    () => remove(clients, region, id),
    (done) => done.ok || !/DependencyViolation|InUse$/.test(done.error.code),
  );
