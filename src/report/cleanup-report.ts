import { exitStatus } from '../lib/actionable-error.ts';
import type { CleanupEventBody } from '../model/events.ts';
import { cleanupSentence, cleanupTrouble } from './cleanup-result-table.ts';
import { eventText, type PlainOutputs, plainReport } from './plain-report.ts';
import type { Report } from './report.ts';

/**
 * Shows a cleanup: a line per deleted resource, then the result; with `json` one event per line on stdout, and nothing else.
 * The command shows the plan. All output goes through `redact`.
 */
export function createCleanupReport(outputs: PlainOutputs): Report<CleanupEventBody> {
  const { stdout, stderr } = outputs;
  return plainReport(outputs, (event, { toStdout, toStderr }) => {
    if (event.type === 'cleanup-planned') return;
    if (event.type === 'result') {
      const isTold = event.applied || event.exit === exitStatus.interrupted;
      if (isTold) toStdout(cleanupSentence(event, stdout.paint));
      toStderr(cleanupTrouble(event, stderr.columns(), stderr.paint));
      return;
    }
    toStderr(eventText(event, stderr, interrupted));
  });
}

const interrupted = (count: number): string =>
  count === 1
    ? 'stopping: deletions in progress are completed; Ctrl-C again exits at once'
    : 'exiting at once: run the same command again to resume';
