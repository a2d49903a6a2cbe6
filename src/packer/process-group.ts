import { processExists } from '../lib/process-exists.ts';
import { possibleBuildNames } from './build-name.ts';
import { allProcesses } from './process-table.ts';
import { isGroup, signalGroup } from './signal-group.ts';

/** Of an attempt's Packer on this machine. `orphaned`: the leader is gone, some that it started are not. */
export type Liveness = 'running' | 'orphaned' | 'dead';

/**
 * Whether the Packer that was started with this process id for this target is still there. A process id that
 * was given to another program since counts as dead.
 *
 * Orphaned processes can't finish: they die at their next write to the leader, which is gone (measured on
 * 1.6.6 and 1.16.0), and leave everything behind. They are to be killed.
 *
 * @throws where the process table can't be read: then nobody knows, and nothing may be decided.
 */
export async function isAlive(attempt: { pid: number; target: string }): Promise<Liveness> {
  const { pid, target } = attempt;
  if (!isGroup(pid)) return 'dead';
  // Most have ended, and reading the table of all processes for each of them is what a look at many targets would spend its time on.
  const ofGroup = -pid;
  if (!processExists(pid) && !processExists(ofGroup)) return 'dead';
  const all = await allProcesses();
  const only = possibleBuildNames(target).map((name) => `-only=${name}`);
  const builds = (command: string) => command.split(' ').some((word) => only.includes(word));
  // With --debug it leads no group of its own.
  const leader = all.find((one) => one.pid === pid);
  if (leader) return builds(leader.command) ? 'running' : 'dead';
  const members = all.filter(({ group }) => group === pid);
  return members.some(({ command }) => builds(command) || isPackerPart(command)) ? 'orphaned' : 'dead';
}

/** Packer's plugins are programs of their own: `packer plugin …`, `packer execute …`, `packer-plugin-amazon_v1.8.2… start …`. */
const isPackerPart = (command: string) =>
  /(?:^|\/)packer(?:-plugin-\S+)? (?:plugin|execute|start) /.test(command);

/**
 * Asks the Packer that leads this group to stop and clean up. Only after `isAlive` said `running`.
 * SIGTERM is the one signal that Packer heeds however it is sent. False where nobody is there any more.
 */
export const stopGroup = (pid: number): boolean => signalGroup(pid, 'SIGTERM');

/** Ends a group at once. Of a running Packer this leaves instance, key pair, security group and AMI behind. */
export const killGroup = (pid: number): boolean => signalGroup(pid, 'SIGKILL');
