/**
 * To be loaded before the command line (`node --import`): while the file named by FULL_DISK_WHILE exists, nothing can be
 * created or written in folders named `.gopackgo`, as on a disk without room.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { FULL_DISK_WHILE: flag = '' } = process.env;
const { existsSync } = fs;
/** The bits that say whether a file is opened for reading, for writing or for both (open(2)). */
const accessMode = 3;

const refuse = (path, flags) => {
  const reads =
    flags === 'r' || (typeof flags === 'number' && (flags & accessMode) === fs.constants.O_RDONLY);
  if (reads || !String(path).includes('.gopackgo') || !existsSync(flag)) return;
  throw Object.assign(new Error(`ENOSPC: no space left on device, '${path}'`), { code: 'ENOSPC' });
};

/** What `open` is told to do with the file; the others always write. */
const flagsOf = (name, [flags = 'r']) => (name.startsWith('open') ? flags : 'w');

for (const name of ['openSync', 'mkdirSync', 'writeFileSync', 'appendFileSync']) {
  const original = fs[name];
  fs[name] = (path, ...more) => {
    refuse(path, flagsOf(name, more));
    return original(path, ...more);
  };
}
for (const name of ['open', 'mkdir', 'writeFile', 'appendFile']) {
  const original = fs.promises[name];
  fs.promises[name] = async (path, ...more) => {
    refuse(path, flagsOf(name, more));
    return original(path, ...more);
  };
}
syncBuiltinESMExports();
