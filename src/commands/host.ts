/** The process that a command runs in, passed in so that only `bin.ts` touches the real one. */
export interface Host {
  cwd: string;
  environment: NodeJS.ProcessEnv;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** This machine's name, with container and boot (`machineName`). */
  name: string;
  pid: number;
  /** Whether stdin and stderr are a terminal. */
  terminal: boolean;
  /** Asks at the terminal; undefined where there is none. @throws ActionableError (130) at Ctrl-C. */
  ask(question: string): Promise<string | undefined>;
  /** Runs the handler at each Ctrl-C or SIGTERM, with how many there were; returns how to stop that. */
  onInterrupt(handler: (count: number) => void): () => void;
  /** Ends the process at once: only for a second Ctrl-C. */
  leave(status: number): void;
}
