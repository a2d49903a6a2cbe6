import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';
import { makeOwnFolder, ownMode } from '../lib/own-files.ts';
import type { Problem } from '../lib/problem.ts';
import { readBounded } from '../lib/read-bounded.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import { checkPair } from './check-pair.ts';

/** Paths of an X.509 certificate and of its private key. */
export interface SigningPair {
  certificate: string;
  privateKey: string;
}

/** The user's own pair, and where it was set: `configs/local.json: certificate`. */
export interface OwnPair extends SigningPair {
  places: { certificate: string; privateKey: string };
}

/** The paths of a release's throwaway pair. */
export const throwawayPair = (releaseFolder: string): SigningPair => ({
  certificate: join(releaseFolder, 'signing', 'certificate.pem'),
  privateKey: join(releaseFolder, 'signing', 'private-key.pem'),
});

/**
 * Checks the user's own pair before anything is built.
 *
 * @param now milliseconds since 1970
 * @returns a warning if it expires soon.
 * @throws ActionableError (4) with the file, what was expected and what was found, without its content.
 */
export async function checkOwnPair(pair: OwnPair, now: number): Promise<string | undefined> {
  const certificate = await readPem(pair.certificate, pair.places.certificate);
  const privateKey = await readPem(pair.privateKey, pair.places.privateKey);
  const check = checkPair(certificate, privateKey, now);
  if (check.ok) {
    if (check.endsSoon === undefined) return undefined;
    return `${pair.places.certificate}: ${pair.certificate} expires on ${check.endsSoon}. Make a new one in time: docs/instance-store.md.`;
  }
  const [place, path] =
    check.file === 'certificate'
      ? [pair.places.certificate, pair.certificate]
      : [pair.places.privateKey, pair.privateKey];
  throw pairError({ place, expected: check.expected, found: `${check.found} in ${path}` });
}

async function readPem(path: string, place: string): Promise<string> {
  try {
    return readBounded(path).toString('utf8');
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    const found = code === 'ENOENT' ? 'no such file' : code;
    throw pairError({ place, expected: 'a file that can be read', found: `${found}: ${path}` });
  }
}

const pairError = (problem: Problem) =>
  new ActionableError('signing-pair-invalid', {
    ...problem,
    advice:
      'Nothing was built. docs/instance-store.md says how to make a pair; without both settings gopackgo makes one for ' +
      'the release.',
  });

/**
 * Makes a throwaway pair for a release without the user's own, or keeps the one of an earlier run while it is valid. Bundles are
 * encrypted with it for the account's own use; EC2 decrypts with its own key, so the pair may be lost.
 *
 * @param now milliseconds since 1970
 */
export async function ensureThrowawayPair(pair: SigningPair, now: number): Promise<void> {
  if (await isUsablePair(pair, now)) return;
  const { makePair } = await import('./make-pair.ts');
  const made = await makePair(now);
  const folder = join(pair.privateKey, '..');
  makeOwnFolder(folder);
  await chmod(folder, 0o700);
  await writeAtomically(pair.privateKey, made.privateKey, ownMode);
  await writeAtomically(pair.certificate, made.certificate, ownMode);
}

async function isUsablePair({ certificate, privateKey }: SigningPair, now: number): Promise<boolean> {
  const texts = await Promise.all(
    [certificate, privateKey].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const [certificateText = '', keyText = ''] = texts;
  const check = checkPair(certificateText, keyText, now);
  return check.ok && check.endsSoon === undefined;
}
