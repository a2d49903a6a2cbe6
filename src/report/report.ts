import { jsonOutput } from '../lib/json-output.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import { redact } from '../lib/redact.ts';
import type { EventBody } from '../model/events.ts';
import { heading } from './heading.ts';
import { type LiveScreen, liveScreen } from './live-screen.ts';
import type { Mode, Output } from './output.ts';
import { plainLines } from './plain-lines.ts';
import { closingTable, closingTrouble } from './result-table.ts';
import { after, nothingYet } from './run-state.ts';
import { wrap } from './text.ts';
import { writerTo } from './writer.ts';

/** Shows the events of a command while it runs. */
export interface Report<Event extends { type: string }> {
  emit(event: { time: string } & Event): void;
  /** Ends the drawing and prints the result, if there is one. Must be called, whatever the outcome of the run. */
  close(): Promise<void>;
}

/** Calls that fail and are repeated: shown as lines until there is a screen, since lookups also come before the plan. */
const isOfRepeating = ({ type }: EventBody): boolean => type === 'retrying' || type === 'answered';

/** The screen starts with the work, not with the plan: a question may come between them. */
const startsWork = (event: EventBody): boolean =>
  event.type !== 'planned' &&
  event.type !== 'result' &&
  event.type !== 'interrupted' &&
  !isOfRepeating(event);

export interface ReportOptions {
  mode: Mode;
  /** Results only. */
  stdout: Output;
  /** Everything else. */
  stderr: Output;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Shows the events of a run and decides nothing: `live` on a terminal, `plain` one line per change, `json` one event per line
 * on stdout and nothing else, `quiet` the result and failures. All output goes through `redact`.
 */
export function createReport({ mode, stdout, stderr, now }: ReportOptions): Report<EventBody> {
  const toStdout = writerTo(stdout.stream);
  if (mode === 'json') {
    return {
      emit: (event) => toStdout(`${jsonOutput(mapTexts(event, redact))}\n`),
      close: async () => undefined,
    };
  }
  let state = nothingYet;
  let screen: LiveScreen | undefined;
  let isClosed = false;
  const toStderr = writerTo(stderr.stream);
  const say = (lines: readonly string[]) => toStderr(lines.map((line) => `${line}\n`).join(''));
  return {
    emit(raw) {
      if (isClosed) return;
      const event = mapTexts(raw, printable);
      const before = state;
      state = after(state, event);
      const asLines = mode === 'plain' || (mode === 'live' && screen === undefined && isOfRepeating(event));
      if (asLines) say(plainLines(event, before, stderr.paint));
      if (mode === 'live' && event.type === 'planned') {
        say(heading(event).flatMap((line) => wrap(line, stderr.columns(), '    ')));
      }
      if (mode === 'live' && startsWork(event) && screen === undefined) {
        const keep = stdout.stream.isTTY !== true;
        screen = liveScreen(stderr, () => state, now, keep);
      }
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await screen?.close();
      screen = undefined;
      const { result } = state;
      if (result === undefined) return;
      toStdout(closingTable(result, state, stdout.columns(), stdout.paint));
      // With --quiet a successful run prints nothing on stderr: cron would send mail about it.
      const shown = mode === 'quiet' && result.exit === 0 ? { ...result, next: [] } : result;
      toStderr(closingTrouble(shown, state, stderr.columns(), stderr.paint));
    },
  };
}
