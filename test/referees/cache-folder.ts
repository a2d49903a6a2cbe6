import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder for files that tests need and can make again, for all checkouts of a user: `gopackgo-tests` in XDG_CACHE_HOME, or in
 * `~/.cache`; `otherwise` if that folder is not writable, since no test may need it.
 */
export const cacheFolder = (
  otherwise: string,
  { XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string => {
  // The XDG base directory specification says to ignore relative paths.
  const caches = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(home, '.cache');
  const folder = join(caches, 'gopackgo-tests');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    mkdirSync(otherwise, { recursive: true });
    return otherwise;
  }
};
