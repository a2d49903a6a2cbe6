import { withPart } from '../lib/exit-status.ts';
import type { RecordOutcome, Result } from '../model/events.ts';

/**
 * Adds the outcomes of recording to a run's result, one per file. A run that should have completed the release and did not
 * record it has failed; a run whose selection excluded missing targets has not. Pure.
 */
export function withRecords(result: Result, outcomes: readonly RecordOutcome[]): Result {
  const [record] = outcomes;
  if (record === undefined) return result;
  const chosen = result.targets.map(({ name }) => name);
  const failed = outcomes.some(
    (outcome) =>
      outcome.is === 'failed' ||
      (outcome.is === 'unchanged' && outcome.missing.every((name) => chosen.includes(name))),
  );
  const recorded = outcomes.every(({ is }) => is === 'recorded');
  return { ...result, exit: withPart(result.exit, { failed }), recorded, record, records: [...outcomes] };
}
