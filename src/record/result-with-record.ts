import { exitStatus } from '../lib/actionable-error.ts';
import type { RecordOutcome, Result } from '../model/events.ts';

/**
 * A run's result with the outcome of recording. A run that was to complete the release and did not record it has failed; a run
 * whose selection excluded missing targets has not. Pure.
 */
export function withRecord(result: Result, outcome: RecordOutcome | undefined): Result {
  if (outcome === undefined) return result;
  const recorded = outcome.is === 'recorded';
  const chosen = result.targets.map(({ name }) => name);
  const failed =
    outcome.is === 'failed' ||
    (outcome.is === 'unchanged' && outcome.missing.every((name) => chosen.includes(name)));
  const exit = failed && result.exit !== exitStatus.interrupted ? exitStatus.failed : result.exit;
  return { ...result, exit, recorded, record: outcome };
}
