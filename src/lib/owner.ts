/** Who holds something on disk: a process id means something on its own machine only. */
export interface Owner {
  /** Its machine's name (`machineName`). */
  host: string;
  pid: number;
}

/** Who looks; without `pid` no owner is taken for the one who looks. */
export interface Observer extends Partial<Owner> {
  host: string;
  isRunning(pid: number): boolean;
}

/** Whether an owner is the process that looks, alive, gone, or of another machine, whose processes nobody here can see. */
export function stateOfOwner(
  { host, pid }: Owner,
  observer: Observer,
): 'itself' | 'alive' | 'gone' | 'unseen' {
  if (host !== observer.host) return 'unseen';
  if (pid === observer.pid) return 'itself';
  return observer.isRunning(pid) ? 'alive' : 'gone';
}
