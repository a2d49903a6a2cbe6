import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';

/**
 * Replaces a file atomically: readers see the old text or the new one, also after a crash. The folder has to exist. `mode` is for
 * a new file, 0o644 by default.
 */
export const writeAtomically = (file: string, text: string, mode = 0o644): Promise<void> =>
  writeWhole(file, text, mode, rename);

/**
 * Writes a file that does not exist, as a whole or not at all. The folder has to exist.
 *
 * @throws the disk's error; EEXIST if there is a file, which stays unchanged.
 */
export const writeNew = (file: string, text: string): Promise<void> =>
  writeWhole(file, text, 0o644, async (part, place) => {
    await link(part, place);
    await rm(part);
  });

async function writeWhole(
  file: string,
  text: string,
  mode: number,
  putInPlace: (part: string, place: string) => Promise<void>,
): Promise<void> {
  const part = `${file}.${randomUUID()}.part`;
  try {
    const handle = await open(part, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await putInPlace(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
