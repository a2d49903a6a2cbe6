import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A PEM certificate with its private key, like those that users sign bundles with. */
export const signingPair = async (
  algorithm: 'rsa' | 'ec' = 'rsa',
): Promise<{ certificate: string; key: string }> => {
  const keys = (await webcrypto.subtle.generateKey(
    algorithm === 'rsa'
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          modulusLength: 2048,
          publicExponent: new Uint8Array([1, 0, 1]),
        }
      : { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign', 'verify'],
  )) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=bundles',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    keys,
    signingAlgorithm: {
      name: algorithm === 'rsa' ? 'RSASSA-PKCS1-v1_5' : 'ECDSA',
      hash: 'SHA-256',
    },
  });
  return {
    certificate: certificate.toString('pem'),
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};
