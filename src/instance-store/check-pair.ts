import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { day } from '../lib/days.ts';
import type { Problem } from '../lib/problem.ts';

/** Whether a pair of certificate and private key is usable. */
export type PairCheck =
  | { ok: true; endsSoon?: string }
  | ({ ok: false; file: 'certificate' | 'private key' } & Mismatch);

/** Of a message: `expected X, found Y`. */
type Mismatch = Pick<Problem, 'expected' | 'found'>;

/** A run takes hours, and the upload at its end still needs the certificate. */
const leastRemaining = day;
const soon = 30 * day;

/**
 * Whether the AMI tools can bundle with this pair (EC2 user guide, "Create an instance store-backed AMI": an RSA key and an
 * X.509 certificate, both PEM). Reveals nothing about the key. Pure.
 *
 * @param now milliseconds since 1970
 */
export function checkPair(certificateText: string, keyText: string, now: number): PairCheck {
  const certificate = readCertificate(certificateText);
  if (!(certificate instanceof X509Certificate)) return { ok: false, file: 'certificate', ...certificate };
  const key = readKey(keyText);
  if (!(key instanceof KeyObject)) return { ok: false, file: 'private key', ...key };
  const type = certificate.publicKey.asymmetricKeyType;
  if (type !== 'rsa') {
    return {
      ok: false,
      file: 'certificate',
      expected: 'one with an RSA key',
      found: type ?? 'another kind',
    };
  }
  if (!certificate.checkPrivateKey(key)) {
    return {
      ok: false,
      file: 'private key',
      expected: 'the private key of the certificate',
      found: 'another one',
    };
  }
  const [from, until] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  const date = (time: number) => new Date(time).toISOString().slice(0, 10);
  const invalid = (expected: string, found: string): PairCheck => ({
    ok: false,
    file: 'certificate',
    expected,
    found,
  });
  if (from > now) return invalid('one that is valid now', `one that is valid from ${date(from)}`);
  if (until <= now) return invalid('one that is valid', `one that expired on ${date(until)}`);
  if (until - now < leastRemaining) {
    return invalid(
      'one that is valid for another day',
      `one that expires at ${new Date(until).toISOString()}`,
    );
  }
  return until - now < soon ? { ok: true, endsSoon: date(until) } : { ok: true };
}

function readCertificate(text: string): X509Certificate | Mismatch {
  if (!/-----BEGIN CERTIFICATE-----/.test(text)) {
    return { expected: 'an X.509 certificate in PEM ("-----BEGIN CERTIFICATE-----")', found: whatElse(text) };
  }
  try {
    return new X509Certificate(text);
  } catch {
    return { expected: 'an X.509 certificate in PEM', found: damaged };
  }
}

const damaged = 'one that cannot be read: it is truncated or changed';

function readKey(text: string): KeyObject | Mismatch {
  if (!/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(text)) {
    return { expected: 'a private key in PEM ("-----BEGIN RSA PRIVATE KEY-----")', found: whatElse(text) };
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return {
      expected: 'a private key without a passphrase',
      found: 'an encrypted one: the AMI tools cannot ask for one',
    };
  }
  try {
    return createPrivateKey(text);
  } catch {
    return { expected: 'a private key in PEM', found: damaged };
  }
}

/** Without quoting the content, which may be a key in the wrong place. */
function whatElse(text: string): string {
  if (text.trim() === '') return 'an empty file';
  const [, kind] = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text) ?? [];
  return kind === undefined ? 'something else' : `a ${kind.toLowerCase()}`;
}
