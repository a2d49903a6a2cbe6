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
 * Deletes a resource that was in use a moment ago. EC2 answers `DependencyViolation` or `…InUse` for some seconds after the
 * resource that used it is gone, so this retries for about a minute.
 */
export const deleteWhenUnused: Removing = ({ id, region }, remove, { clients, clock }) =>
  poll(
    { clock, every: betweenTries, tries: 20 },
    () => remove(clients, region, id),
    (done) => done.ok || !/DependencyViolation|InUse$/.test(done.error.code),
  );
