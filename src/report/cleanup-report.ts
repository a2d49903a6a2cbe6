import { exitStatus } from '../lib/actionable-error.ts';
import { redact } from '../lib/redact.ts';
import type { CleanupEventBody } from '../model/events.ts';
import { cleanupSentence, cleanupTrouble } from './cleanup-result-table.ts';
import type { Output } from './output.ts';
import { plainLines } from './plain-lines.ts';
import { mapTexts, printable } from './printable.ts';
import type { Report } from './report.ts';
import { nothingYet } from './run-state.ts';
import { writerTo } from './writer.ts';

/**
 * Tells of a cleanup: a line for each thing that went, then what came of it all; with `json` one event a line on stdout,
 * and nothing else. The plan is shown by who asks about it. Whatever is shown went through `redact`.
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
  if (json) return { emit: (event) => toStdout(`${JSON.stringify(mapTexts(event, redact))}\n`), close };
  const toStderr = writerTo(stderr.stream);
  return {
    emit(told) {
      if (told.type === 'cleanup-planned') return;
      if (told.type === 'result') {
        if (told.applied || told.exit === exitStatus.interrupted)
          toStdout(cleanupSentence(told, stdout.paint));
        toStderr(cleanupTrouble(told, stderr.columns(), stderr.paint));
        return;
      }
      const event = mapTexts(told, printable);
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
    ? 'stopping: what was begun is brought to its end; Ctrl-C again leaves at once'
    : 'leaving at once: run the same command again, it goes on with what was begun';
