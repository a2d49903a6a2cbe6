import type { RunEvent } from '../../src/model/events.ts';

/** What `--json` told, a line each. */
export const eventsOf = (stdout: string): RunEvent[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** When events of a type were told, in milliseconds since 1970. */
export const timesOf = (events: readonly RunEvent[], type: RunEvent['type']): number[] =>
  events.filter((event) => event.type === type).map(({ time }) => Date.parse(time));
