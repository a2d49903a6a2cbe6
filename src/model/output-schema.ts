import { oneOf, schemaFileText } from '../lib/json-schema.ts';
import { cleanupPlan, cleanupPlanned, cleanupResult } from './cleanup-output.ts';
import { configOutput } from './config-output.ts';
import { statusOutput } from './drift-output.ts';
import {
  lifecycleChange,
  lifecycleOutcome,
  lifecyclePlanned,
  lifecycleResult,
  releasesOutput,
} from './lifecycle-output.ts';
import {
  audience,
  checks,
  failedCallParts,
  parameterSeen,
  refusalCode,
  statusName,
  time,
} from './output-parts.ts';
import {
  comparedEvent,
  comparison,
  doctorOutput,
  plan,
  plannedPublication,
  plansWithBases,
  planTarget,
} from './plan-output.ts';
import {
  parametersWritten,
  publishEvents,
  record,
  result,
  resultTarget,
  tagOutcome,
  targetError,
} from './publish-output.ts';
import { refused } from './refused-output.ts';

interface ObjectSchema {
  description: string;
  required: readonly string[];
  properties: object;
}

/** An event as written: with its time. */
const withTime = (event: ObjectSchema, description = event.description) => ({
  ...event,
  description,
  required: ['time', ...event.required],
  properties: { time, ...event.properties },
});

const ifChangedEvent = withTime(comparedEvent);
const plannedEvent = withTime(publishEvents.planned);
const statusEvent = withTime(publishEvents.status);
const attemptStartedEvent = withTime(publishEvents.attemptStarted);
const copyStartedEvent = withTime(publishEvents.copyStarted);
const attemptProgressEvent = withTime(publishEvents.attemptProgress);
const attemptEndedEvent = withTime(publishEvents.attemptEnded);
const removedEvent = withTime(publishEvents.removed);
const warningEvent = withTime(publishEvents.warning);
const waitingEvent = withTime(publishEvents.waiting);
const retryingEvent = withTime(publishEvents.retrying);
const answeredEvent = withTime(publishEvents.answered);
const adoptedEvent = withTime(publishEvents.adopted);
const verifiedEvent = withTime(publishEvents.verified);
const sharedEvent = withTime(publishEvents.shared);
const notifiedEvent = withTime(publishEvents.notified);
const interruptedEvent = withTime(publishEvents.interrupted);
const resultEvent = withTime(
  result,
  'How the run ended. The last event; without "time", the same object as result.json.',
);
const cleanupPlannedEvent = withTime(cleanupPlanned);
const cleanupResultEvent = withTime(cleanupResult, 'The result of a cleanup, as its last line.');
const lifecyclePlannedEvent = withTime(lifecyclePlanned);
const lifecycleResultEvent = withTime(lifecycleResult, 'The result of promote or yank, as its last line.');

const event = oneOf('A line of "publish --json", and of events.ndjson.', [
  plannedEvent,
  statusEvent,
  attemptStartedEvent,
  copyStartedEvent,
  attemptProgressEvent,
  attemptEndedEvent,
  removedEvent,
  warningEvent,
  waitingEvent,
  retryingEvent,
  answeredEvent,
  adoptedEvent,
  verifiedEvent,
  sharedEvent,
  notifiedEvent,
  interruptedEvent,
  resultEvent,
]);

const cleanupEvent = oneOf('A line of "cleanup --json", and of cleanup-events.ndjson.', [
  cleanupPlannedEvent,
  removedEvent,
  warningEvent,
  waitingEvent,
  retryingEvent,
  answeredEvent,
  interruptedEvent,
  cleanupResultEvent,
]);

const lifecycleEvent = oneOf('A line of "promote --json" and "yank --json", and of their events files.', [
  lifecyclePlannedEvent,
  sharedEvent,
  notifiedEvent,
  warningEvent,
  waitingEvent,
  retryingEvent,
  answeredEvent,
  interruptedEvent,
  lifecycleResultEvent,
]);

const definitions = {
  event,
  plan,
  planTarget,
  plansWithBases,
  plannedPublication,
  config: configOutput,
  statusOutput,
  doctorOutput,
  result,
  record,
  parametersWritten,
  parameterSeen,
  resultTarget,
  tagOutcome,
  status: statusName,
  error: targetError,
  takenFrom: audience,
  ifChangedEvent,
  comparison,
  plannedEvent,
  statusEvent,
  attemptStartedEvent,
  copyStartedEvent,
  attemptProgressEvent,
  attemptEndedEvent,
  removedEvent,
  warningEvent,
  waitingEvent,
  retryingEvent,
  answeredEvent,
  adoptedEvent,
  verifiedEvent,
  sharedEvent,
  notifiedEvent,
  interruptedEvent,
  resultEvent,
  checks,
  cleanupPlan,
  cleanupPlannedEvent,
  cleanupResult,
  cleanupResultEvent,
  cleanupEvent,
  lifecycleChange,
  lifecycleOutcome,
  lifecyclePlannedEvent,
  lifecycleResult,
  lifecycleResultEvent,
  lifecycleEvent,
  releasesOutput,
  refused,
  refusalCode,
  failedCall: failedCallParts,
};

/** The text of `docs/output.schema.json`. */
export function outputSchemaText(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'What gopackgo writes with --json',
    ...oneOf(
      'Each line of "publish --json", "cleanup --json", "promote --json" and "yank --json" is an event, "plan --json" writes a plan, with --show-config a config, with --if-changed that nothing has changed, with --with-bases several plans, "status --json" ' +
        'a status, "doctor --json" its checks, "releases --json" all releases, and result.json is a result. A command that ends without one writes why: a refused line. This is what this version writes, exactly. A newer one of the same ' +
        '"format" may add fields: readers should ignore those that they do not know.',
      [
        event,
        ifChangedEvent,
        plan,
        comparison,
        plansWithBases,
        configOutput,
        statusOutput,
        doctorOutput,
        result,
        cleanupPlannedEvent,
        cleanupResultEvent,
        cleanupPlan,
        cleanupResult,
        lifecyclePlannedEvent,
        lifecycleResultEvent,
        lifecycleResult,
        releasesOutput,
        refused,
      ],
    ),
  };
  return schemaFileText(schema, definitions);
}
