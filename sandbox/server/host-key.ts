import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { writeAtomically } from './atomic-write.ts';

/**
 * The host key of every instance, created at the first start and kept, since clients may remember it. Node generates it,
 * because ssh2 1.17.0 cannot read about one in 200 of the ed25519 keys that it generates itself (measured: 22 of 4000).
 */
export function openHostKey(folder: string): string {
  const file = join(folder, 'ssh-host.key');
  if (!isUsable(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeAtomically(file, privateKey.export({ type: 'sec1', format: 'pem' }).toString());
  }
  return readFileSync(file, 'utf8');
}

const isUsable = (file: string): boolean =>
  existsSync(file) && !(ssh2.utils.parseKey(readFileSync(file)) instanceof Error);
