/** The owner of something on disk: a process id is only valid on its own machine. */
export interface Owner {
  /** Its machine's name (`machineName`). */
  host: string;
  pid: number;
}

/** The process that checks; without `pid` no owner counts as itself. */
export interface Observer extends Partial<Owner> {
  host: string;
  isRunning(pid: number): boolean;
}

/** Whether an owner is the checking process itself, alive, gone, or on another machine, whose processes cannot be seen. */
export function stateOfOwner(
  { host, pid }: Owner,
  observer: Observer,
): 'itself' | 'alive' | 'gone' | 'unseen' {
  if (host !== observer.host) return 'unseen';
  if (pid === observer.pid) return 'itself';
  return observer.isRunning(pid) ? 'alive' : 'gone';
}
