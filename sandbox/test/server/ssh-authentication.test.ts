import { type AuthContext, utils } from 'ssh2';
import { expect, it } from 'vitest';
import { machineFor } from '../../server/ssh-authentication.ts';
import { machineWith } from './ssh-client.ts';

const pair = utils.generateKeyPairSync('rsa', { bits: 2048 });
const key = utils.parseKey(pair.private);
if (key instanceof Error) throw key;
const blob = Buffer.from('what the client signs');

/** A login as ssh2 reports it: with SHA-1, which it does not name, or with SHA-2. */
const logIn = (hash: 'sha256' | undefined, isSigned: boolean) =>
  ({
    method: 'publickey',
    key: { algo: 'ssh-rsa', data: key.getPublicSSH() },
    ...(hash && { hashAlgo: hash }),
    ...(isSigned && { blob, signature: key.sign(blob, hash) }),
  }) as AuthContext;

const focal = { version: '20.04', codename: 'focal' };
const jammy = { version: '22.04', codename: 'jammy' };
const noble = { version: '24.04', codename: 'noble' };

it.each([
  ['20.04', focal, true],
  ['22.04', jammy, false],
  ['24.04', noble, false],
  ['an unknown system', undefined, false],
])('%s accepts an RSA key with SHA-1 or not, and always with SHA-2', (_name, ubuntu, takesSha1) => {
  const machine = machineWith(pair.public, ubuntu && { ubuntu });
  for (const isSigned of [false, true]) {
    expect(machineFor(logIn(undefined, isSigned), [machine]) === machine).toBe(takesSha1);
    expect(machineFor(logIn('sha256', isSigned), [machine])).toBe(machine);
  }
});
