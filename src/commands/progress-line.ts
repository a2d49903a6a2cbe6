import { modeFor } from '../report/output.ts';
import { cut } from '../report/text.ts';
import type { Host } from './host.ts';

const wholeLine = '\r\u001b[2K';

/**
 * Says on a terminal what is being waited for, in a line that goes away again. Where nobody watches (no terminal,
 * `--json`, `--quiet`, CI) nothing is said.
 *
 * @returns takes the line away; to be called before anything else is written. Once is enough, more often does no harm.
 */
export function showProgress(
  text: string,
  asked: { json?: boolean; quiet?: boolean },
  host: Host,
): () => void {
  const { stderr, environment } = host;
  if (modeFor(asked, environment, stderr.isTTY === true) !== 'live') return () => undefined;
  let shown = true;
  stderr.write(cut(text, (stderr.columns || 80) - 1));
  return () => {
    if (shown) stderr.write(wholeLine);
    shown = false;
  };
}
