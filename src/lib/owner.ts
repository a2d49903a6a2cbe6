import { isSameMachine } from './machine-name.ts';

/** The owner of something on disk: a process id is only valid on its own machine, and only until another process gets it. */
export interface Owner {
  /** Its machine's name, with container and boot (`machineName`). */
  host: string;
  pid: number;
  /** When the process started (`processStart`); absent if the system does not say. */
  started?: string;
}

/** How the checking process sees the processes of its own machine. */
export interface ProcessView {
  isRunning(pid: number): boolean;
  /** When a running process started, as in `Owner.started`; undefined if unknown. */
  startOf(pid: number): string | undefined;
}

/** The checking process; without `pid` no owner counts as itself. */
export interface Observer extends Partial<Owner>, ProcessView {
  host: string;
}

/**
 * Whether an owner is the checking process itself, alive, gone, or invisible: on another machine, in another container or from
 * an earlier boot. A process that got the id of one that has ended is not the owner.
 */
export function stateOfOwner(
  { host, pid, started }: Owner,
  observer: Observer,
): 'itself' | 'alive' | 'gone' | 'unseen' {
  if (!isSameMachine(host, observer.host)) return 'unseen';
  const isSame = (other: string | undefined) =>
    started === undefined || other === undefined || started === other;
  if (pid === observer.pid) return isSame(observer.started) ? 'itself' : 'gone';
  return observer.isRunning(pid) && isSame(observer.startOf(pid)) ? 'alive' : 'gone';
}
