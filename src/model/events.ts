import type { Leftover, Outcome } from './resource.ts';

/**
 * What a run tells while it goes. Steps emit these; the report draws them, `--json` prints them one a line, and
 * `events.ndjson` keeps them. Nothing reads them to decide anything. `docs/commands.md` documents them: adding a
 * field is fine, changing the meaning of one raises `format`.
 */
export type EventBody =
  | PlanSummary
  | { type: 'status'; target: string; status: StatusName; ami?: string; why?: string }
  /** `of`: how many attempts are allowed. `log`: path of the attempt's log. */
  | { type: 'attempt-started'; target: string; attempt: number; of: number; log: string }
  /** What Packer says it is doing now, redacted. */
  | { type: 'attempt-progress'; target: string; text: string }
  | AttemptEnded
  | { type: 'removed'; region: string; target?: string; kind: string; id: string }
  | { type: 'warning'; text: string; target?: string; region?: string }
  /** `for`: what is waited for, as a phrase. `until`: the limit, ISO 8601. */
  | { type: 'waiting'; target: string; for: string; until?: string }
  /** An AMI that Packer made and did not live to tag got its tags. */
  | { type: 'adopted'; target: string; ami: string }
  | { type: 'verified'; target: string; ami: string }
  /** It has the permissions of the config now; whom these name, which may be nobody. */
  | {
      type: 'shared';
      target: string;
      ami: string;
      public: boolean;
      accounts: string[];
      organizations: string[];
    }
  /** `count`: 1 asks to stop and clean up, 2 goes at once. */
  | { type: 'interrupted'; count: number }
  | Result;

/** With the moment it was told: ISO 8601, UTC. */
export type RunEvent = { time: string } & EventBody;

export type EventSink = (event: EventBody) => void;

/** The word of a status, as `src/observe/status.ts` decides on it. */
export type StatusName =
  | 'absent'
  | 'building'
  | 'pending'
  | 'built'
  | 'wrong'
  | 'verified'
  | 'shared'
  | 'failed'
  | 'conflict'
  | 'unknown';

/** The plan and what stands already: what `plan` shows and `publish` starts with. */
export interface PlanSummary {
  type: 'planned';
  release: string;
  account: string;
  /** `aws`, or `sandbox:<id>`. */
  endpoint: string;
  regions: string[];
  targets: PlannedTarget[];
  /** Targets of best-effort regions that nothing is done about, each with the reason; absent where there are none. */
  leftOut?: { name: string; region: string; why: string }[];
  /** AMIs of another recipe that go first (`--replace`); absent where there are none. */
  replaces?: { target: string; ami: string; snapshots: string[] }[];
  /** Other hosts' builders that are ended first (`--take-over`); absent where there are none. `since`: ISO 8601. */
  takesOver?: { target: string; host: string; instance: string; since: string }[];
  /** The version has a pre-release part: what the config says of candidates holds. Absent where it has none. */
  candidate?: true;
  toBuild: number;
  present: number;
  inConflict: number;
  /** Whether the AMIs will be public. */
  public: boolean;
  /** Accounts that the AMIs will be shared with. */
  accounts: string[];
  /** ARNs of organizations and organizational units that they will be shared with. */
  organizations: string[];
  /** What was asked of AWS before anything is spent; absent where nothing was. */
  checks?: Checks;
}

export interface Checks {
  /** How many found nothing. */
  ok: number;
  troubles: CheckTrouble[];
}

/** `refused`: AWS would refuse it later. `unknown`: AWS did not say. */
export interface CheckTrouble {
  is: 'warning' | 'refused' | 'unknown';
  check: string;
  region: string;
  expected: string;
  found: string;
  /** What to do about it, with the command to run. */
  todo: string;
}

/** Whom AMIs are, or are to be, shared with. */
export interface Audience {
  public: boolean;
  readonly accounts: readonly string[];
  /** ARNs of organizations and organizational units. */
  readonly organizations: readonly string[];
}

export interface PlannedTarget {
  name: string;
  region: string;
  amiName: string;
  /** `via`: as `Base` of `src/model/release-plan.ts` says. */
  base: { id: string; name: string; via: string; deprecated?: true };
  status: StatusName;
  ami?: string;
  /** The AMI was made from another recipe than the config's, and is kept (`--accept-mixed`). */
  mixed?: true;
  /** Who may use the AMI or its snapshots now, and is not in the config: they lose it. Absent where there is nobody. */
  takenFrom?: Audience;
  /** Why it stands as it does, where that needs saying. */
  why?: string;
}

export interface AttemptEnded {
  type: 'attempt-ended';
  target: string;
  attempt: number;
  /** Packer's exit status, a hint only; null where a signal ended it. */
  exit: number | null;
  seconds: number;
  ami?: string;
  error?: TargetError;
  /** Seconds until the next attempt starts. Absent: there is none. */
  retryIn?: number;
}

/** What went wrong with a target. Redacted. */
export interface TargetError {
  /** `transient`, `provisioner`, `timeout`, … */
  kind: string;
  message: string;
  /** The last lines of the log that tell of it. */
  lines?: string[];
  /** Where they stand: `path/to/log:412`. */
  log?: string;
}

/** The last event of a run; the same object is `result.json`. */
export interface Result {
  type: 'result';
  format: 2;
  release: string;
  /** Exit status of the process. */
  exit: number;
  targets: ResultTarget[];
  shared: boolean;
  /** Whether the file of ids that the config names holds this release. */
  recorded: boolean;
  /** What came of that file; absent where the config names none. */
  record?: RecordOutcome;
  /** The release's folder: plan, attempts, result. */
  folder: string;
  /** Commands that go on from here, each with what it does. */
  next: string[];
}

/** What came of a file of ids, `file` as it is shown. */
export type RecordOutcome =
  /** Of the AMIs: `added` are of a kind that was not listed, `replaced` took the place of others, `same` were there. */
  | {
      is: 'recorded';
      file: string;
      added: number;
      replaced: number;
      same: number;
      /** Targets that do not have to exist and are missing, and for which an earlier release's AMI is still listed. */
      earlier: string[];
      /** Targets whose AMIs were made from another recipe than the config's; absent where there are none. */
      mixed?: string[];
    }
  /** Required targets are `missing`: not verified, or not shared as they should be. */
  | { is: 'unchanged'; file: string; missing: string[] }
  /** All AMIs are there, and the file could not be written. */
  | { is: 'failed'; file: string; why: string };

export interface ResultTarget {
  name: string;
  region: string;
  status: StatusName;
  /** It is in a best-effort region: the rest is published where it is missing. */
  bestEffort?: true;
  ami?: string;
  snapshots?: string[];
  /** Those that others than the account may use though the AMI is not shared as the config says; absent where there are none. */
  openSnapshots?: string[];
  /** Who may use its AMI or its snapshots, as AWS last showed it, though the config does not say so; absent where that is nobody. */
  stillOpenTo?: Audience;
  /** The AMI was made from another recipe than the config's, and was kept (`--accept-mixed`). */
  mixed?: true;
  /** Attempts made in this run. */
  attempts: number;
  /** Spent on this target in this run. */
  seconds: number;
  error?: TargetError;
  /** Path of the last attempt's log. */
  log?: string;
}

/**
 * What a cleanup tells: its plan, what it removes, the result. `docs/commands.md` documents them, as the events of a
 * publish.
 */
export type CleanupEventBody =
  | CleanupPlanned
  | Extract<EventBody, { type: 'removed' | 'warning' | 'waiting' | 'interrupted' }>
  | CleanupResult;

export type CleanupEvent = { time: string } & CleanupEventBody;

/** What `cleanup` shows before anything is deleted, and what `--out` writes. */
export interface CleanupPlan {
  format: 2;
  /** As the command names it, without a version. */
  publication: string;
  /** `official@2.6.3`, where a release is named. */
  release?: string;
  account: string;
  /** `aws`, or `sandbox:<id>`. */
  endpoint: string;
  /** ISO 8601. */
  createdAt: string;
  asked: CleanupAsked;
  regions: string[];
  /** Every AMI of the account in these regions, with its verdict. */
  amis: PlannedAmi[];
  /**
   * What builds that failed or were killed left, where it was asked for; in any case what a cleanup that was killed left
   * of AMIs that are gone.
   */
  leftovers: Leftover[];
  /** Regions of which something could not be looked at: nothing is deleted there. */
  unseen: UnseenRegion[];
}

export type CleanupPlanned = { type: 'cleanup-planned' } & CleanupPlan;

/** What was asked for, in the words of the options. Lengths of time are in milliseconds. */
export interface CleanupAsked {
  only: string[];
  except: string[];
  keepLast: number;
  /** Absent where no AMI is chosen by its age. */
  olderThan?: number;
  adopt: boolean;
  includingShared: boolean;
  guardPeriod: number;
  maxDeletions: number;
  /** From 0 to 1. */
  maxShare: number;
  leftovers: boolean;
  orphanAge: number;
}

export interface PlannedAmi {
  region: string;
  ami: string;
  name: string;
  /** ISO 8601. */
  created: string;
  /** EC2's own word. */
  state: string;
  /** What it is of the publication; absent where nothing shows that it is. */
  target?: string;
  release?: string;
  /** It is older than this tool: only its name shows what it is. */
  adopted?: true;
  verdict: 'delete' | 'keep';
  /** Why it stays, all of it; none where it is to be deleted. `reason`: as docs/cleanup.md lists them. */
  reasons: { reason: string; said: string }[];
  /** Snapshots that go with it. */
  snapshots: string[];
  /** Where the bundle lies that goes with it, as `bucket/prefix.manifest.xml`. */
  bundle?: string;
}

export interface UnseenRegion {
  region: string;
  why: string;
  /** It is best-effort, and the account has not opted in to it. */
  bestEffort?: true;
}

/** The last event of a cleanup; the same object is `cleanup-result.json`. */
export interface CleanupResult {
  type: 'result';
  format: 2;
  command: 'cleanup';
  publication: string;
  release?: string;
  account: string;
  endpoint: string;
  /** Exit status of the process. */
  exit: number;
  /** Whether the plan was applied; otherwise it was only shown. */
  applied: boolean;
  /** Every AMI that was to be deleted, or that only a guard keeps, and what came of it. */
  amis: CleanedAmi[];
  /** What builds left behind, and what came of it. */
  leftovers: (Leftover & CleanedPart)[];
  unseen: UnseenRegion[];
  /** How much is gone. */
  removed: { amis: number; snapshots: number; bundles: number; buckets: number; leftovers: number };
  /** Where plan and result are written down. */
  folder: string;
  /** Commands that go on from here, each with what it does. */
  next: string[];
}

/** `planned`: it was not applied. `remains`: it should be gone and is not; `why` says more. */
export type CleanedPart = Outcome | { outcome: 'planned'; why?: never };

export type CleanedAmi = CleanedPart & {
  region: string;
  ami: string;
  name: string;
  target?: string;
  release?: string;
  /** Snapshots and bundle that should have gone with it, and what came of each. */
  parts: ({ kind: string; id: string } & CleanedPart)[];
};

/** A sink that stamps each event with the time and hands it on. */
export const stamped =
  (now: () => Date, sink: (event: RunEvent) => void): EventSink =>
  (body) =>
    sink({ time: now().toISOString(), ...body });
