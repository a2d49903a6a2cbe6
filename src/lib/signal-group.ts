import { errorCode } from './error-code.ts';

/**
 * Sends a signal to every process of a group. False if there is no such process.
 *
 * @throws RangeError on numbers with another meaning in kill(2): -1 for all processes, 0 for the caller's own group.
 */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  if (!isGroup(group)) throw new RangeError(`not a process group that can be signalled: ${group}`);
  return sendSignal(-group, signal);
}

/**
 * Sends a signal to one process. False if there is no such process.
 *
 * @throws RangeError on numbers with another meaning in kill(2).
 */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  if (!isGroup(pid)) throw new RangeError(`not a process that can be signalled: ${pid}`);
  return sendSignal(pid, signal);
}

function sendSignal(to: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(to, signal);
    return true;
  } catch (error) {
    // macOS answers EPERM if only zombies are left.
    if (['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

export const isGroup = (id: number): boolean => Number.isSafeInteger(id) && id > 1;
