import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../lib/error-code.ts';

/** Deeper folders are checked when their content is read. */
const mostEntries = 100_000;

/**
 * The problem of a symbolic link at or below a path, as text that follows "found": it leads nowhere, or in a circle. Packer
 * would only find out in the middle of the upload. Undefined if there is no such link.
 *
 * @param named the path as written in the config, for the message.
 */
export function brokenLink(path: string, named: string): string | undefined {
  let seen = 0;
  const search = (at: string, shown: string, above: readonly string[]): string | undefined => {
    seen++;
    const entry = lstatSync(at, { throwIfNoEntry: false });
    if (entry === undefined || seen > mostEntries) return undefined;
    if (entry.isSymbolicLink()) {
      const why = whyBroken(at);
      if (why !== undefined) return `${shown}, a link to ${JSON.stringify(readlinkSync(at))}, ${why}`;
    }
    if (!statSync(at).isDirectory()) return undefined;
    const here = realpathSync(at);
    if (above.includes(here)) {
      return `${shown}, a link to ${JSON.stringify(readlinkSync(at))}, the folder that it is in`;
    }
    for (const name of readdirSync(here)) {
      const found = search(join(at, name), join(shown, name), [...above, here]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  try {
    return search(path, named, []);
  } catch {
    // Unreadable files are reported as such elsewhere.
    return undefined;
  }
}

function whyBroken(path: string): string | undefined {
  try {
    statSync(path);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ELOOP') return 'which is a loop';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'which does not exist' : undefined;
  }
}
