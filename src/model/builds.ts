import type { TargetError } from './events.ts';
import type { Target } from './release-plan.ts';

/** Packer processes on this machine, and the records of earlier ones. */
export interface Builds {
  /** The recorded attempts of these targets in the release's folder. Reads their logs, so ask only for targets you need. */
  known(targets: readonly string[]): Promise<KnownAttempt[]>;
  /** Seconds that earlier builds of these targets took on this machine, by name. Only a hint for their order. */
  took(targets: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** `orphaned`: Packer's parent process died and the rest can no longer clean up. */
  alive(pid: number, target: string): Promise<'running' | 'orphaned' | 'dead'>;
  /**
   * Whether the Packer of a recorded attempt has certainly ended, although it ran in another container of this machine. Absent:
   * unknown.
   */
  hasLetGo?(attempt: KnownAttempt): Promise<boolean>;
  start(target: Target): Promise<RunningBuild>;
  /** Asks a Packer process that an earlier run started to stop and clean up. */
  stop(pid: number): void;
  /** Kills the remaining processes of an orphaned Packer. */
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
  /** The AMI that the log reports as created. A hint: a script's output can look the same. */
  ami?: string;
  securityGroup?: string;
}

export interface RunningBuild {
  id: string;
  pid: number;
  log: string;
  /** Never rejects. */
  ended: Promise<BuildEnd>;
  /** Asks Packer to stop and clean up (SIGTERM to its group). */
  stop(): void;
  /** What Packer is doing, from the end of its log; undefined if unknown. Never rejects. */
  doing(): Promise<string | undefined>;
  /** The AMI that Packer waits for, according to its log: a hint. Undefined if it waits for none. */
  ami(): Promise<string | undefined>;
}

export interface BuildEnd {
  exit: number | null;
  seconds: number;
  failure?: BuildFailure;
  /** AWS throttled it before it launched anything: the failure says nothing about the build. */
  throttledAtStart?: true;
  /** The last lines of the log before Packer cleaned up, redacted, and their place, in case the success was none. */
  excerpt: { lines: string[]; log?: string };
}

/** Its kind decides whether a build is retried. */
export type BuildFailure = TargetError & {
  kind: 'transient' | 'provisioner' | 'other' | 'stopped' | 'timeout' | 'blocked';
};
