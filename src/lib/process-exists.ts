import { errorCode } from './error-code.ts';

/** Whether a process with this id exists, of any user; for a negative id, whether that process group exists, see kill(2). */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
