import { join } from 'node:path';
import { isObject } from '../lib/is-object.ts';
import { jsonOutput } from '../lib/json-output.ts';
import { makeOwnFolder, ownMode, readOwnFile } from '../lib/own-files.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { Notification } from '../model/notification-output.ts';

/** The sent and the unsent messages of a release. It is in the release's folder, and may be deleted with it. */
export interface Ledger {
  format: 1;
  /** The latest outcome: a repeat has the same `content`. */
  last?: { id: string; content: string };
  /** Oldest first; `to`: the keys of the channels that have not got it. */
  pending: { notification: Notification; to: string[] }[];
}

export const emptyLedger: Ledger = { format: 1, pending: [] };

/** A channel that fails for longer loses the oldest outcomes. */
const pendingAtMost = 10;

const fileIn = (folder: string): string => join(folder, 'notifications.json');

/** A ledger that cannot be read counts as empty: sending an outcome twice is better than never. */
export async function readLedger(folder: string): Promise<Ledger> {
  try {
    const read: unknown = JSON.parse(await readOwnFile(fileIn(folder)));
    return isObject(read) && read.format === 1 && Array.isArray(read.pending)
      ? (read as unknown as Ledger)
      : emptyLedger;
  } catch {
    return emptyLedger;
  }
}

/** On disk when this returns. @throws the disk's error. */
export async function writeLedger(folder: string, ledger: Ledger): Promise<void> {
  makeOwnFolder(folder);
  await writeAtomically(fileIn(folder), `${jsonOutput(ledger, 2)}\n`, ownMode);
}

/** Adds an outcome to send. Pure. */
export const withOutcome = (
  { pending }: Ledger,
  notification: Notification,
  content: string,
  to: readonly string[],
): Ledger => ({
  format: 1,
  last: { id: notification.id, content },
  pending: [...pending, ...(to.length > 0 ? [{ notification, to: [...to] }] : [])].slice(-pendingAtMost),
});

/** Removes a channel that has got an outcome, or that is no longer in the config. Pure. */
export const withoutChannel = (ledger: Ledger, id: string, key: string): Ledger => ({
  ...ledger,
  pending: ledger.pending.flatMap((one) => {
    const to = one.notification.id === id ? one.to.filter((other) => other !== key) : one.to;
    return to.length > 0 ? [{ ...one, to }] : [];
  }),
});
