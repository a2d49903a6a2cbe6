import { readPublicKey } from '../ec2/key-material.ts';
import { derivedId } from '../model/identifiers.ts';
import { settingsOf } from '../state/stored-settings.ts';
import type { Declarer } from './declarer.ts';

/** Key pairs as if they had been imported. Throws for an invalid public key. */
export const declareKeyPairs: Declarer = (place, { keyPairs }) => {
  if (keyPairs === undefined) return;
  const { store, account, region, now } = place;
  const records = store.of('keyPair', account, region);
  const kept = new Set(keyPairs.map(({ name }) => name));
  for (const { name } of settingsOf(place).keyPairs) {
    if (!kept.has(name) && records.get(name)) records.delete(name);
  }
  for (const { name, publicKey } of keyPairs) {
    const key = readPublicKey(publicKey);
    if (!key) throw new Error(`accounts: keyPairs: the public key of "${name}" is not in OpenSSH format`);
    const id = derivedId('key', 'declared', account, region, name);
    records.put(name, { id, name, ...key, createdAt: now.toISOString() });
  }
};
