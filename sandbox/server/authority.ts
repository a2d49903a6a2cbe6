import 'reflect-metadata';
import { createPrivateKey, KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { writeAtomically } from './atomic-write.ts';

/** A certificate authority that only this sandbox's clients trust, and only by their environment. */
export interface Authority {
  /** PEM. */
  ca: string;
  caFile: string;
  /** A TLS server's certificate context for exactly these names. */
  contextFor(names: string[]): Promise<SecureContext>;
}

interface Issuer {
  certificate: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

const day = 24 * 60 * 60 * 1000;
const caLifetime = 3650 * day;
const leafLifetime = 397 * day;
const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const signature = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * Opens the state folder's authority (`ca.pem`, `ca.key`). It is created at the first start and kept, so that a process that
 * trusts it still does after a restart. A pair that does not belong together or is about to expire is replaced.
 */
export async function openAuthority(folder: string, now: () => Date): Promise<Authority> {
  const caFile = join(folder, 'ca.pem');
  const keyFile = join(folder, 'ca.key');
  if (!isUsable(caFile, keyFile, now())) {
    const made = await makeAuthority(now());
    writeAtomically(keyFile, made.key);
    writeAtomically(caFile, made.certificate, 0o644);
  }
  const ca = readFileSync(caFile, 'utf8');
  const issuer: Issuer = {
    certificate: new x509.X509Certificate(ca),
    key: createPrivateKey(readFileSync(keyFile)).toCryptoKey(curve, false, ['sign']),
  };
  const leafKeys = await generateKeys();
  const contexts = new Map<string, Promise<SecureContext>>();
  return {
    ca,
    caFile,
    contextFor(names) {
      const key = names.join();
      const context = contexts.get(key) ?? makeLeaf(names, issuer, leafKeys, now());
      contexts.set(key, context);
      return context;
    },
  };
}

function isUsable(caFile: string, keyFile: string, now: Date): boolean {
  if (!existsSync(caFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(caFile));
    const lasts = certificate.validToDate.getTime() - now.getTime() > leafLifetime;
    return lasts && certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
  } catch {
    return false;
  }
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

const privateKeyPem = (keys: webcrypto.CryptoKeyPair): string =>
  KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();

/** Positive, as RFC 5280 section 4.1.2.2 requires. */
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

async function makeAuthority(now: Date): Promise<{ certificate: string; key: string }> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=gopackgo sandbox (rehearsal only)',
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + caLifetime),
    keys,
    signingAlgorithm: signature,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: privateKeyPem(keys) };
}

async function makeLeaf(
  names: string[],
  issuer: Issuer,
  keys: webcrypto.CryptoKeyPair,
  now: Date,
): Promise<SecureContext> {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${names[0]}`,
    issuer: issuer.certificate.subject,
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + leafLifetime),
    publicKey: keys.publicKey,
    signingKey: issuer.key,
    signingAlgorithm: signature,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate),
    ],
  });
  return createSecureContext({ cert: certificate.toString('pem'), key: privateKeyPem(keys) });
}
