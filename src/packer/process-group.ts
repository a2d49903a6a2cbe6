import { processExists } from '../lib/process-exists.ts';
import { isGroup, signalGroup } from '../lib/signal-group.ts';
import { possibleBuildNames } from './build-name.ts';
import { allProcesses } from './process-table.ts';

/** The state of an attempt's Packer on this machine. `orphaned`: the leader is dead, some of its subprocesses are not. */
export type Liveness = 'running' | 'orphaned' | 'dead';

/**
 * Whether the Packer started with this process id for this target is still running. A process id that was reused by another
 * program counts as dead.
 *
 * Orphaned processes can't finish: they die at their next write to the dead leader (measured on 1.6.6 and 1.16.0) and leave
 * everything behind. They should be killed.
 *
 * @throws if the process table can't be read: the answer is unknown then, and nothing may be decided.
 */
export async function isAlive(attempt: { pid: number; target: string }): Promise<Liveness> {
  const { pid, target } = attempt;
  if (!isGroup(pid)) return 'dead';
  // Most have ended; reading the whole process table for each of them would be slow with many targets.
  const ofGroup = -pid;
  if (!processExists(pid) && !processExists(ofGroup)) return 'dead';
  const all = await allProcesses();
  const only = possibleBuildNames(target).map((name) => `-only=${name}`);
  const builds = (command: string) => command.split(' ').some((word) => only.includes(word));
  // With --debug it has no group of its own.
  const leader = all.find((one) => one.pid === pid);
  if (leader) return builds(leader.command) ? 'running' : 'dead';
  const members = all.filter(({ group }) => group === pid);
  return members.some(({ command }) => builds(command) || isPackerPart(command)) ? 'orphaned' : 'dead';
}

/** Packer's plugins are separate processes: `packer plugin …`, `packer execute …`, `packer-plugin-amazon_v1.8.2… start …`. */
const isPackerPart = (command: string) =>
  /(?:^|\/)packer(?:-plugin-\S+)? (?:plugin|execute|start) /.test(command);

/**
 * Asks the Packer that leads this group to stop and clean up. Only after `isAlive` said `running`. SIGTERM is the one signal
 * that Packer obeys however it is sent. False if the group no longer exists.
 */
export const stopGroup = (pid: number): boolean => signalGroup(pid, 'SIGTERM');

/** Kills a group. A running Packer leaves its instance, key pair, security group and AMI behind. */
export const killGroup = (pid: number): boolean => signalGroup(pid, 'SIGKILL');
