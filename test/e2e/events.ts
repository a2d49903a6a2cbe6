import type { Result, RunEvent } from '../../src/model/events.ts';
import type { Run } from './project.ts';

/** The output of `publish --json`, line by line. Throws if a line is not JSON. */
export const eventsOf = ({ stdout }: Run): RunEvent[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

export const eventsOfType = <T extends RunEvent['type']>(run: Run, type: T) =>
  eventsOf(run).filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

export function resultOf(run: Run): Result {
  const last = eventsOf(run).at(-1);
  if (last?.type !== 'result') throw new Error(`expected a result as the last line, found ${last?.type}`);
  return last;
}
