import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from '../contract.ts';

/** A SigV4 signature as a request carries it, in its Authorization header or its query. */
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

/** The signature of a request; undefined where it has none that can be read. AWS: "Signature Version 4 signing process". */
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

/** Whether the request was signed with this secret. Only the hash of anything secret is handled after the first step. */
export const isSignedWith = (request: AwsRequest, signature: Signature, secretAccessKey: string): boolean => {
  const { date, region, service, time } = signature;
  const text = [
    'AWS4-HMAC-SHA256',
    time,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, signature)),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const expected = hmac(key, text);
  const given = Buffer.from(signature.hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const canonicalRequest = (request: AwsRequest, signature: Signature): string => {
  const query = [...queryOf(request.path)]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`)
    .sort();
  const headers = signature.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    request.path.split('?')[0] ?? '/',
    query.join('&'),
    headers.join(''),
    signature.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
};

const queryOf = (path: string): URLSearchParams => {
  const at = path.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : path.slice(at + 1));
};

const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
