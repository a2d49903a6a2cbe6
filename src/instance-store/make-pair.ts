import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

const year = 365 * 24 * 60 * 60_000;

/** The parameters of EC2's user guide for openssl ("Create a private key", "Create the user-signing certificate"). */
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/**
 * A private key and a self-signed certificate, both PEM, valid for a year. The key is in PKCS #1, which the Ruby of the oldest
 * base images can read too.
 *
 * @param now milliseconds since 1970
 */
export async function makePair(now: number): Promise<{ certificate: string; privateKey: string }> {
  const keys = await webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=gopackgo',
    // AWS's clock may be behind this one.
    notBefore: new Date(now - 60 * 60_000),
    notAfter: new Date(now + year),
    signingAlgorithm: rsa,
    keys,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: key.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}
