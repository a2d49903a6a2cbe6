import type { Static } from '../lib/json-schema.ts';
import type * as cleanup from './cleanup-output.ts';
import type * as drift from './drift-output.ts';
import type * as lifecycle from './lifecycle-output.ts';
import type * as parts from './output-parts.ts';
import type * as planOutput from './plan-output.ts';
import type * as publish from './publish-output.ts';

/**
 * The progress reports of a run. Steps emit these; the report draws them, `--json` prints them one per line, and
 * `events.ndjson` keeps them. No decision depends on them. `publish-output.ts` and `cleanup-output.ts` define them, with a
 * description of each field, and `docs/output.schema.json` is written from the same definitions. Adding a field is fine;
 * changing the meaning of one raises `format`.
 */
export type EventBody = {
  [Name in keyof typeof publish.publishEvents]: Static<(typeof publish.publishEvents)[Name]>;
}[keyof typeof publish.publishEvents];

/** With the time it was reported: ISO 8601, UTC. */
export type RunEvent = { time: string } & EventBody;

export type EventSink = (event: EventBody) => void;

export type StatusName = Static<typeof parts.statusName>;
export type ShownStatus = Static<typeof parts.shownStatus>;

/** The plan and what already exists: the output of `plan`, and the start of `publish`. */
export type PlanSummary = Static<typeof publish.publishEvents.planned>;

export type Checks = Static<typeof parts.checks>;

/** The output of `doctor`. */
export type DoctorReport = Static<typeof planOutput.doctorOutput>;

export type CheckTrouble = Checks['troubles'][number];

/** Who AMIs are, or will be, shared with. */
export type Audience = Static<typeof parts.audience>;

export type PlannedTarget = Static<typeof publish.plannedTarget>;

/** The error of a target. Redacted. */
export type TargetError = Static<typeof publish.targetError>;

/** The last event of a run; the same object is `result.json`. */
export type Result = Static<typeof publish.result>;

/** The outcome of a file that lists AMIs. */
export type RecordOutcome = Static<typeof publish.record>;

/** An SSM parameter in its current state. */
export type ParameterSeen = Static<typeof parts.parameterSeen>;

/** The outcome of the SSM parameters. */
export type ParametersWritten = Static<typeof publish.parametersWritten>;

export type ParameterOutcome = ParametersWritten['each'][number];

/** The outcome of the git tag of a release. */
export type TagOutcome = Static<typeof publish.tagOutcome>;

export type ResultTarget = Static<typeof publish.resultTarget>;

/** The events of a cleanup: its plan, its removals, the result. */
export type CleanupEventBody =
  | CleanupPlanned
  | Extract<EventBody, { type: 'removed' | 'warning' | 'waiting' | 'retrying' | 'answered' | 'interrupted' }>
  | CleanupResult;

export type CleanupEvent = { time: string } & CleanupEventBody;

/** The plan that `cleanup` shows before anything is deleted, and that `--out` writes. */
export type CleanupPlan = Static<typeof cleanup.cleanupPlan>;

export type CleanupPlanned = Static<typeof cleanup.cleanupPlanned>;

/** The request, in the words of the options. Lengths of time are in milliseconds. */
export type CleanupAsked = CleanupPlan['asked'];

export type PlannedAmi = Static<typeof cleanup.plannedAmi>;

export type UnseenRegion = Static<typeof cleanup.unseenRegion>;

/** The last event of a cleanup; the same object is `cleanup-result.json`. */
export type CleanupResult = Static<typeof cleanup.cleanupResult>;

/** The outcome of a planned deletion. */
export type CleanedPart = Static<typeof cleanup.cleanedPart>;

/** An account's resources that use an AMI, as EC2 reports them. */
export type AmiUse = Static<typeof cleanup.amiUse>;

export type CleanedAmi = Static<typeof cleanup.cleanedAmi>;

/** The plan that `promote` and `yank` show before any change. */
export type LifecyclePlan = Static<typeof lifecycle.lifecyclePlanned>;

export type LifecycleChange = Static<typeof lifecycle.lifecycleChange>;

/** The last event of promote and yank. */
export type LifecycleResult = Static<typeof lifecycle.lifecycleResult>;

export type LifecycleOutcome = LifecycleResult['changes'][number];

/** The events of promote and yank: their plan, what happens along the way, the result. */
export type LifecycleEventBody =
  | LifecyclePlan
  | Extract<
      EventBody,
      { type: 'warning' | 'waiting' | 'retrying' | 'answered' | 'interrupted' | 'shared' | 'notified' }
    >
  | LifecycleResult;

/** The output of `releases`. */
export type ReleasesReport = Static<typeof lifecycle.releasesOutput>;

export type ShownRelease = ReleasesReport['releases'][number];

/** The output of `status`. */
export type StatusReport = Static<typeof drift.statusOutput>;

/** A difference from the config. */
export type Finding = StatusReport['findings'][number];

/** Another release that `status` compares, besides the requested one. */
export type ComparedRelease = StatusReport['others'][number];

/** A failed lookup of `status`. */
export type Unseen = StatusReport['unseen'][number];

/** How another account sees AMIs. */
export type StrangersView = NonNullable<StatusReport['as']>;
