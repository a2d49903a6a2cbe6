import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { writeAtomically } from './atomic-write.ts';

/** The key that every instance shows to SSH clients, made at the first start and kept: a client may remember it. */
export function openHostKey(folder: string): string {
  const file = join(folder, 'ssh-host.key');
  if (!existsSync(file)) writeAtomically(file, ssh2.utils.generateKeyPairSync('ed25519').private);
  return readFileSync(file, 'utf8');
}
