import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from '../model/contract.ts';

/** A SigV4 signature from a request's Authorization header or query. */
export interface Signature {
  accessKeyId: string;
  /** `YYYYMMDD` */
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  hex: string;
  /** `YYYYMMDDTHHMMSSZ` */
  time: string;
}

/** The signature of a request; undefined if it has none that can be read. AWS: "Signature Version 4 signing process". */
export const signatureOf = (request: AwsRequest): Signature | undefined => {
  const header = request.headers.authorization;
  const query = queryOf(request.path);
  const credential = header
    ? /Credential=([^,\s]+)/.exec(header)?.[1]
    : (query.get('X-Amz-Credential') ?? undefined);
  const scope = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential ?? '');
  if (!scope) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = ''] = scope;
  const signed = header
    ? /SignedHeaders=([^,\s]+)/.exec(header)?.[1]
    : (query.get('X-Amz-SignedHeaders') ?? undefined);
  const hex = header
    ? /Signature=([0-9a-f]{64})/.exec(header)?.[1]
    : (query.get('X-Amz-Signature') ?? undefined);
  const time = header ? request.headers['x-amz-date'] : (query.get('X-Amz-Date') ?? undefined);
  if (!signed || !hex || !time) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), hex, time };
};

/** The session token that belongs to the keys; undefined if there is none. */
export const sessionTokenOf = ({ headers, path }: AwsRequest): string | undefined =>
  headers['x-amz-security-token'] ?? queryOf(path).get('X-Amz-Security-Token') ?? undefined;

/** The signed content of a request, where a service's rules differ: S3's path is encoded once, and its body may be unsigned. */
export interface Canonical {
  path?: string;
  /** SHA256 of the body, or its placeholder. */
  payload?: string;
}

/** Whether the request was signed with this secret. After the first step, only hashes of secrets are handled. */
export const isSignedWith = (
  request: AwsRequest,
  signature: Signature,
  secretAccessKey: string,
  canonical: Canonical = {},
): boolean => {
  const text = [
    'AWS4-HMAC-SHA256',
    ...scopeOf(signature),
    sha256(canonicalRequest(request, signature, canonical)),
  ];
  const expected = hmac(signingKey(signature, secretAccessKey), text.join('\n'));
  const given = Buffer.from(signature.hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
};

/** The signature of a chunk of a body, or of its trailer, over the lines that its algorithm requires. */
export const chunkSignature = (
  signature: Signature,
  secretAccessKey: string,
  algorithm: string,
  lines: readonly string[],
): string =>
  hmac(
    signingKey(signature, secretAccessKey),
    [algorithm, ...scopeOf(signature), ...lines].join('\n'),
  ).toString('hex');

const scopeOf = ({ date, region, service, time }: Signature): string[] => [
  time,
  `${date}/${region}/${service}/aws4_request`,
];

/** The most recently derived keys: four of a request's five HMACs produce a key that is valid for a day. */
const signingKeys = new Map<string, Buffer>();
const mostKeys = 200;

const signingKey = ({ date, region, service }: Signature, secretAccessKey: string): Buffer => {
  const name = [secretAccessKey, date, region, service].join('\n');
  const known = signingKeys.get(name);
  if (known) return known;
  const derived = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, date));
  if (signingKeys.size >= mostKeys) signingKeys.clear();
  signingKeys.set(name, derived);
  return derived;
};

const canonicalRequest = (
  request: AwsRequest,
  signature: Signature,
  { path = request.path.split('?')[0] ?? '/', payload = sha256(request.body) }: Canonical,
): string => {
  const query = [...queryOf(request.path)]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [escapeUri(name), escapeUri(value)] as const)
    .sort(([name, value], [other, its]) => (name === other ? compare(value, its) : compare(name, other)))
    .map((pair) => pair.join('='));
  const headers = signature.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    path,
    query.join('&'),
    headers.join(''),
    signature.signedHeaders.join(';'),
    payload,
  ].join('\n');
};

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const queryOf = (path: string): URLSearchParams => {
  const at = path.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : path.slice(at + 1));
};

const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** In hexadecimal. */
export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
