import { createHash, createHmac } from 'node:crypto';
import { type Account, defaultAccount } from '../../model/accounts.ts';
import type { AwsRequest, AwsResponse } from '../../model/contract.ts';
import type { World } from '../../testing/world.ts';

interface Asked {
  method?: string;
  hostname?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The body's part of the signature; its hash by default. */
  payload?: string;
  account?: Account;
  region?: string;
  service?: string;
  at?: Date;
  /** Puts the signature into the query, valid for this many seconds. */
  expires?: number;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const compact = (at: Date): string => at.toISOString().replace(/[:-]|\.\d{3}/g, '');

/** A request signed by hand, for anything that no SDK would send. */
export const signedRequest = (asked: Asked = {}): AwsRequest => {
  const {
    method = 'GET',
    hostname = 'a-bucket.s3.us-east-1.amazonaws.com',
    path = '/',
    region = 'us-east-1',
  } = asked;
  const { account = defaultAccount, service = 's3', at = new Date(), expires } = asked;
  const body = Buffer.from(asked.body ?? '');
  const time = compact(at);
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const payload = asked.payload ?? (expires === undefined ? sha256(body) : 'UNSIGNED-PAYLOAD');
  const own = expires === undefined ? { 'x-amz-date': time, 'x-amz-content-sha256': payload } : {};
  const headers: Record<string, string> = { host: hostname, ...own, ...asked.headers };
  const names = Object.keys(headers).sort();
  const [plain = '/', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  if (expires !== undefined) {
    query.set('X-Amz-Algorithm', 'AWS4-HMAC-SHA256');
    query.set('X-Amz-Credential', `${account.accessKeyId}/${scope}`);
    query.set('X-Amz-Date', time);
    query.set('X-Amz-Expires', String(expires));
    query.set('X-Amz-SignedHeaders', names.join(';'));
  }
  const pairs = [...query].map((pair) => pair.map(encodeURIComponent).join('=')).sort();
  const canonical = [
    method,
    plain,
    pairs.join('&'),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${account.secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const credential = `Credential=${account.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  if (expires !== undefined) pairs.push(`X-Amz-Signature=${signature}`);
  return {
    method,
    hostname,
    path: pairs.length > 0 ? `${plain}?${pairs.join('&')}` : plain,
    headers: { ...headers, ...(expires === undefined ? { authorization } : {}) },
    body,
  };
};

/** The sandbox's answer to a request, with its text and the code of its error. */
export const answerTo = async (
  { aws }: Pick<World, 'aws'>,
  request: AwsRequest,
): Promise<AwsResponse & { text: string; code: string | undefined }> => {
  const answer = await aws.handle(request);
  if (typeof answer === 'string') throw new Error(answer);
  const text = answer.body.toString('utf8');
  return { ...answer, text, code: /<Code>(.*?)<\/Code>/.exec(text)?.[1] };
};
