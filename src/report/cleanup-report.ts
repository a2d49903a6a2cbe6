import { exitStatus } from '../lib/actionable-error.ts';
import { jsonOutput } from '../lib/json-output.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import { redact } from '../lib/redact.ts';
import type { CleanupEventBody } from '../model/events.ts';
import { cleanupSentence, cleanupTrouble } from './cleanup-result-table.ts';
import type { Output } from './output.ts';
import { plainLines } from './plain-lines.ts';
import type { Report } from './report.ts';
import { nothingYet } from './run-state.ts';
import { writerTo } from './writer.ts';

/**
 * Shows a cleanup: a line for each resource that is deleted, then the result; with `json` one event a line on stdout, and
 * nothing else. The plan is shown by the command. Whatever is shown went through `redact`.
 */
export function createCleanupReport({
  json,
  stdout,
  stderr,
}: {
  json: boolean;
  stdout: Output;
  stderr: Output;
}): Report<CleanupEventBody> {
  const toStdout = writerTo(stdout.stream);
  const close = async () => undefined;
  if (json) return { emit: (event) => toStdout(`${jsonOutput(mapTexts(event, redact))}\n`), close };
  const toStderr = writerTo(stderr.stream);
  return {
    emit(raw) {
      if (raw.type === 'cleanup-planned') return;
      if (raw.type === 'result') {
        if (raw.applied || raw.exit === exitStatus.interrupted) toStdout(cleanupSentence(raw, stdout.paint));
        toStderr(cleanupTrouble(raw, stderr.columns(), stderr.paint));
        return;
      }
      const event = mapTexts(raw, printable);
      const lines =
        event.type === 'interrupted'
          ? [stderr.paint('yellow', interrupted(event.count))]
          : plainLines(event, nothingYet, stderr.paint);
      toStderr(lines.map((line) => `${line}\n`).join(''));
    },
    close,
  };
}

const interrupted = (count: number): string =>
  count === 1
    ? 'stopping: deletions in progress are completed; Ctrl-C again exits at once'
    : 'exiting at once: run the same command again to resume';
