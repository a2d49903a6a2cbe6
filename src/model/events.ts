import type { Static } from '../lib/json-schema.ts';
import type * as cleanup from './cleanup-output.ts';
import type * as drift from './drift-output.ts';
import type * as lifecycle from './lifecycle-output.ts';
import type * as parts from './output-parts.ts';
import type * as planOutput from './plan-output.ts';
import type * as publish from './publish-output.ts';

/**
 * What a run reports as it goes. Steps emit these; the report draws them, `--json` prints them one a line, and
 * `events.ndjson` keeps them. Nothing reads them to decide anything. `publish-output.ts` and `cleanup-output.ts` define
 * them, with a description of each field, and `docs/output.schema.json` is written from the same definitions. Adding a
 * field is fine; changing the meaning of one raises `format`.
 */
export type EventBody = {
  [Name in keyof typeof publish.publishEvents]: Static<(typeof publish.publishEvents)[Name]>;
}[keyof typeof publish.publishEvents];

/** With the time it was reported: ISO 8601, UTC. */
export type RunEvent = { time: string } & EventBody;

export type EventSink = (event: EventBody) => void;

export type StatusName = Static<typeof parts.statusName>;
export type ShownStatus = Static<typeof parts.shownStatus>;

/** The plan and what is there already: what `plan` shows and `publish` starts with. */
export type PlanSummary = Static<typeof publish.publishEvents.planned>;

export type Checks = Static<typeof parts.checks>;

/** What `doctor` shows. */
export type DoctorReport = Static<typeof planOutput.doctorOutput>;

export type CheckTrouble = Checks['troubles'][number];

/** Whom AMIs are, or are to be, shared with. */
export type Audience = Static<typeof parts.audience>;

export type PlannedTarget = Static<typeof publish.plannedTarget>;

/** What went wrong with a target. Redacted. */
export type TargetError = Static<typeof publish.targetError>;

/** The last event of a run; the same object is `result.json`. */
export type Result = Static<typeof publish.result>;

/** What came of a file that AMIs are recorded in. */
export type RecordOutcome = Static<typeof publish.record>;

/** An SSM parameter as it is now. */
export type ParameterSeen = Static<typeof parts.parameterSeen>;

/** The outcome for the SSM parameters. */
export type ParametersWritten = Static<typeof publish.parametersWritten>;

export type ParameterOutcome = ParametersWritten['each'][number];

/** What came of the git tag of a release. */
export type TagOutcome = Static<typeof publish.tagOutcome>;

export type ResultTarget = Static<typeof publish.resultTarget>;

/** What a cleanup reports: its plan, what it removes, the result. */
export type CleanupEventBody =
  | CleanupPlanned
  | Extract<EventBody, { type: 'removed' | 'warning' | 'waiting' | 'retrying' | 'answered' | 'interrupted' }>
  | CleanupResult;

export type CleanupEvent = { time: string } & CleanupEventBody;

/** What `cleanup` shows before anything is deleted, and what `--out` writes. */
export type CleanupPlan = Static<typeof cleanup.cleanupPlan>;

export type CleanupPlanned = Static<typeof cleanup.cleanupPlanned>;

/** What was asked for, in the words of the options. Lengths of time are in milliseconds. */
export type CleanupAsked = CleanupPlan['asked'];

export type PlannedAmi = Static<typeof cleanup.plannedAmi>;

export type UnseenRegion = Static<typeof cleanup.unseenRegion>;

/** The last event of a cleanup; the same object is `cleanup-result.json`. */
export type CleanupResult = Static<typeof cleanup.cleanupResult>;

/** The outcome for something that was to be deleted. */
export type CleanedPart = Static<typeof cleanup.cleanedPart>;

/** What an account has that uses an AMI, as EC2 reports it. */
export type AmiUse = Static<typeof cleanup.amiUse>;

export type CleanedAmi = Static<typeof cleanup.cleanedAmi>;

/** What `promote` and `yank` show before anything is changed. */
export type LifecyclePlan = Static<typeof lifecycle.lifecyclePlanned>;

export type LifecycleChange = Static<typeof lifecycle.lifecycleChange>;

/** The last event of promote and yank. */
export type LifecycleResult = Static<typeof lifecycle.lifecycleResult>;

export type LifecycleOutcome = LifecycleResult['changes'][number];

/** What promote and yank report: their plan, what happens on the way, the result. */
export type LifecycleEventBody =
  | LifecyclePlan
  | Extract<
      EventBody,
      { type: 'warning' | 'waiting' | 'retrying' | 'answered' | 'interrupted' | 'shared' | 'notified' }
    >
  | LifecycleResult;

/** What `releases` shows. */
export type ReleasesReport = Static<typeof lifecycle.releasesOutput>;

export type ShownRelease = ReleasesReport['releases'][number];

/** What `status` shows. */
export type StatusReport = Static<typeof drift.statusOutput>;

/** Something that is not as the config has it. */
export type Finding = StatusReport['findings'][number];

/** A release that `status` compares beside the one that was asked for. */
export type ComparedRelease = StatusReport['others'][number];

/** What `status` could not look at. */
export type Unseen = StatusReport['unseen'][number];

/** What another account sees of AMIs. */
export type StrangersView = NonNullable<StatusReport['as']>;
