import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../lib/error-code.ts';

/** Deeper folders are looked at when their content is read. */
const mostEntries = 100_000;

/**
 * What is wrong with a symbolic link at or beneath a path, as text that follows "found": it leads nowhere, or round in a
 * circle. Packer would find it in the middle of the upload. Undefined where there is no such link.
 *
 * @param named the path as the config has it, for the message.
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
    // What cannot be read is reported as that.
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
