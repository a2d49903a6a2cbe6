import type { TargetError } from './events.ts';
import type { Target } from './release-plan.ts';

/** Packer processes on this machine, and the records of earlier ones. */
export interface Builds {
  /** The recorded attempts of these targets in the release's folder. Their logs are read, so ask only for targets you need. */
  known(targets: readonly string[]): Promise<KnownAttempt[]>;
  /** Seconds that earlier builds of these targets took on this machine, by name. A hint for their order only. */
  took(targets: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** `orphaned`: Packer's parent process died and the rest cannot clean up any more. */
  alive(pid: number, target: string): Promise<'running' | 'orphaned' | 'dead'>;
  /**
   * Whether the Packer of a recorded attempt has ended for certain, though it ran in another container of this machine. Absent: that
   * cannot be told.
   */
  hasLetGo?(attempt: KnownAttempt): Promise<boolean>;
  start(target: Target): Promise<RunningBuild>;
  /** Ask a Packer that an earlier run started to stop and clean up. */
  stop(pid: number): void;
  /** Kill the remaining processes of an orphaned Packer. */
  kill(pid: number): void;
}

export interface KnownAttempt {
  id: string;
  target: string;
  number: number;
  pid?: number;
  log: string;
  /** Tags that the AMI should have. */
  tags?: Record<string, string>;
  /** What the log says was created. A hint: a script's output can look the same. */
  ami?: string;
  securityGroup?: string;
}

export interface RunningBuild {
  id: string;
  pid: number;
  log: string;
  /** Never rejects. */
  ended: Promise<BuildEnd>;
  /** Ask Packer to stop and clean up (SIGTERM to its group). */
  stop(): void;
  /** What Packer is doing, from the end of its log; undefined where that is not known. Never rejects. */
  doing(): Promise<string | undefined>;
  /** The AMI that Packer waits for, by its log: a hint. Undefined where it waits for none. */
  ami(): Promise<string | undefined>;
}

export interface BuildEnd {
  exit: number | null;
  seconds: number;
  failure?: BuildFailure;
  /** AWS throttled it before it launched anything: the failure says nothing about the build. */
  throttledAtStart?: true;
  /** The last lines of the log before Packer cleaned up, redacted, and their place: for a success that was none. */
  excerpt: { lines: string[]; log?: string };
}

/** Its kind decides whether a build is tried again. */
export type BuildFailure = TargetError & {
  kind: 'transient' | 'provisioner' | 'other' | 'stopped' | 'timeout' | 'blocked';
};
