import { errorCode } from './error-code.ts';

/** Whether a process of this machine has this id, be it anybody's; for a negative one, whether that group has any, see kill(2). */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
