import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { newEd25519Key } from '../ec2/openssh-key.ts';

test('every ed25519 key can be read, signs, and matches its public half, even with leading zero bytes', () => {
  const signed = Buffer.from('anything');
  const broken = Array.from({ length: 1500 }, newEd25519Key).filter(({ privateKey, blob }) => {
    const key = ssh2.utils.parseKey(privateKey);
    if (key instanceof Error || !key.getPublicSSH().equals(blob)) return true;
    return key.verify(signed, key.sign(signed)) !== true;
  });
  expect(broken).toEqual([]);
});
