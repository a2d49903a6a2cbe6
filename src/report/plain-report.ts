import { jsonOutput } from '../lib/json-output.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import { redact } from '../lib/redact.ts';
import type { RunEvent } from '../model/events.ts';
import type { Output } from './output.ts';
import { plainLines } from './plain-lines.ts';
import type { Report } from './report.ts';
import { nothingYet } from './run-state.ts';
import { writerTo } from './writer.ts';

export interface PlainOutputs {
  json: boolean;
  /** Results only. */
  stdout: Output;
  /** Everything else. */
  stderr: Output;
}

interface Writers {
  toStdout(text: string): void;
  toStderr(text: string): void;
}

/**
 * Shows a command without a live screen: with `json` one event per line on stdout, and nothing else; otherwise `show` writes
 * each event as it arrives. All output goes through `redact`.
 */
export function plainReport<Event extends { type: string }>(
  { json, stdout, stderr }: PlainOutputs,
  show: (event: { time: string } & Event, to: Writers) => void,
): Report<Event> {
  const toStdout = writerTo(stdout.stream);
  const close = async () => undefined;
  if (json) return { emit: (event) => toStdout(`${jsonOutput(mapTexts(event, redact))}\n`), close };
  const toStderr = writerTo(stderr.stream);
  return { emit: (event) => show(event, { toStdout, toStderr }), close };
}

/** Events along the way, one line each; `interrupted` says what a Ctrl-C does. Pure. */
export function eventText(
  raw: RunEvent,
  { paint }: Pick<Output, 'paint'>,
  interrupted: (count: number) => string,
): string {
  const event = mapTexts(raw, printable);
  const lines =
    event.type === 'interrupted'
      ? [paint('yellow', interrupted(event.count))]
      : plainLines(event, nothingYet, paint);
  return lines.map((line) => `${line}\n`).join('');
}
