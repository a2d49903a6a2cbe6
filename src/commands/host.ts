/** The process that a command runs in, passed in so that only `bin.ts` touches the real one. */
export interface Host {
  /** The working folder. @throws ActionableError if it is gone. */
  readonly cwd: string;
  environment: NodeJS.ProcessEnv;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** This machine's name, with container and boot (`machineName`). */
  name: string;
  pid: number;
  /** Whether stdin and stderr are a terminal. */
  terminal: boolean;
  /** Asks at the terminal; undefined if there is none. @throws ActionableError (130) at Ctrl-C. */
  ask(question: string): Promise<string | undefined>;
  /**
   * Runs the handler at each Ctrl-C, SIGTERM or SIGHUP, with their number so far, replacing an earlier handler; returns how to
   * stop that.
   */
  onInterrupt(handler: (count: number) => void): () => void;
  /**
   * Runs the handler for an uncaught error or an unhandled rejection, and lets the command end; returns how to stop that. The
   * process then ends with the command, whatever is still running in it.
   */
  onCrash(handler: (error: unknown) => void): () => void;
  /** Ends the process at once: for a second Ctrl-C, or one before anything was started. */
  leave(status: number): void;
  /** Why stdout can no longer be written, other than that its reader closed it: `ENOSPC`. */
  lostOutput(): Promise<string | undefined>;
}
