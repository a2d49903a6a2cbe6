import { printable } from '../lib/printable.ts';
import { modeFor } from '../report/output.ts';
import { cut } from '../report/text.ts';
import type { Host } from './host.ts';

const wholeLine = '\r\u001b[2K';

/**
 * Shows on a terminal what the command is waiting for, in a line that is cleared afterwards. Without a terminal, with `--json`
 * or `--quiet`, and in CI, nothing is shown.
 *
 * @returns clears the line; call it before any other output. Calling it again is harmless.
 */
export function showProgress(
  text: string,
  asked: { json?: boolean; quiet?: boolean },
  host: Host,
): () => void {
  const { stderr, environment } = host;
  if (modeFor(asked, environment, stderr.isTTY === true) !== 'live') return () => undefined;
  let shown = true;
  stderr.write(cut(printable(text), (stderr.columns || 80) - 1));
  return () => {
    if (shown) stderr.write(wholeLine);
    shown = false;
  };
}
