import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { writeAtomically } from './atomic-write.ts';

/**
 * The key that every instance shows to SSH clients, made at the first start and kept: a client may remember it. It is
 * Node's, since about one in 200 of the ed25519 keys that ssh2 1.17.0 makes cannot be read by ssh2 itself (measured:
 * 22 of 4000).
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
