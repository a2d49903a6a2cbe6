import type { Connected } from '../aws/connection.ts';
import type { FileLock } from '../lib/file-lock.ts';
import { describeTakeOver } from '../lib/release-lock.ts';
import type { Builds } from '../model/builds.ts';
import type { Destination } from '../record/record.ts';

interface Run {
  clients: Pick<Connected, 'beforeChanges'>;
  /** Aborted when the user asked to stop. */
  interrupt: AbortSignal;
  emit(event: { type: 'warning'; text: string }): void;
  release: string;
}

/**
 * Lets a run change AWS only while it holds its lock, which is checked before each call: after a machine has slept, for
 * example, another process may have taken it over. Reports locks taken over from others.
 *
 * @returns aborted by the user, or when the lock is lost; builds are then asked to stop as well.
 */
export function underLock(held: FileLock, { clients, interrupt, emit, release }: Run): AbortSignal {
  clients.beforeChanges(held.check);
  const text = describeTakeOver(release, held);
  if (text !== undefined) emit({ type: 'warning', text });
  held.lost.addEventListener('abort', () => emit({ type: 'warning', text: lostWarning(release) }), {
    once: true,
  });
  return AbortSignal.any([interrupt, held.lost]);
}

const lostWarning = (release: string) =>
  `${release}: this command no longer holds the lock: another one has taken it over, after this one showed no sign of life, or ` +
  'somebody deleted it. Nothing more is changed, and running builds are asked to stop. Run the same command again once the ' +
  'other one has ended.';

/** Starts no build without the lock. */
export const buildingUnder = (held: FileLock, builds: Builds): Builds => ({
  ...builds,
  async start(target) {
    await held.check();
    return builds.start(target);
  },
});

/** Changes no ids file without the lock. */
export const recordingUnder = (held: FileLock, to: Destination): Destination => ({
  ...to,
  disk: {
    ...to.disk,
    async rename(from, into) {
      await held.check();
      await to.disk.rename(from, into);
    },
  },
});
