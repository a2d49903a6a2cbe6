import { isSameMachine } from './machine-name.ts';

/** The owner of something on disk: a process id is only valid on its own machine, and only until another process gets it. */
export interface Owner {
  /** Its machine's name, with container and boot (`machineName`). */
  host: string;
  pid: number;
  /** When the process started (`processStart`); absent where the system does not say. */
  started?: string;
}

/** How the process that checks sees the processes of its own machine. */
export interface ProcessView {
  isRunning(pid: number): boolean;
  /** When a running process started, as in `Owner.started`; undefined where that cannot be seen. */
  startOf(pid: number): string | undefined;
}

/** The process that checks; without `pid` no owner counts as itself. */
export interface Observer extends Partial<Owner>, ProcessView {
  host: string;
}

/**
 * Whether an owner is the checking process itself, alive, gone, or on another machine, in another container or of an earlier
 * boot, whose processes cannot be seen. A process that got the id of one that has ended is not the owner.
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
