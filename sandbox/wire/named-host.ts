import type { AwsRequest } from '../model/contract.ts';
import { protocols } from './service.ts';
import { signatureOf } from './signature.ts';

type Head = Pick<AwsRequest, 'method' | 'path' | 'headers'>;

/** S3's subdomains of an endpoint on this machine: `BUCKET.localhost`. */
const bucketHost = /^(.+)\.localhost$/;

/**
 * The AWS host and path that a request to a plain endpoint (`AWS_ENDPOINT_URL`) is for. The signature names service and region;
 * without a signature, JSON and query requests name the service themselves; everything else is an anonymous S3 request. `host`
 * is the Host header without its port.
 */
export const namedHostOf = (
  request: Head & { body: Buffer },
  host: string,
): { hostname: string; path: string } => {
  const { path } = request;
  const signature = signatureOf({ ...request, hostname: host });
  const service = signature?.service ?? serviceIn(request);
  const bucket = bucketHost.exec(host)?.[1];
  if (service !== 's3') return { hostname: hostOf(service, signature?.region ?? 'us-east-1'), path };
  const region = signature === undefined ? '' : `.${signature.region}`;
  if (bucket !== undefined) return { hostname: `${bucket}.s3${region}.amazonaws.com`, path };
  if (signature !== undefined || isSigned(request)) return { hostname: `s3${region}.amazonaws.com`, path };
  const [, name, rest = ''] = /^\/([^/?]+)(.*)$/s.exec(path) ?? [];
  if (name === undefined) return { hostname: 's3.amazonaws.com', path };
  return { hostname: `${name}.s3.amazonaws.com`, path: rest.startsWith('/') ? rest : `/${rest}` };
};

/** IAM has one host for all regions ("AWS service endpoints"). */
const hostOf = (service: string, region: string): string =>
  service === 'iam' ? 'iam.amazonaws.com' : `${service}.${region}.amazonaws.com`;

/** Signed in another way than Signature Version 4. */
const isSigned = ({ headers, path }: Head): boolean =>
  headers.authorization !== undefined || /[?&]AWSAccessKeyId=/.test(path);

/** The service of an unsigned request: by its target, by the version of its query, or S3. */
const serviceIn = (request: Head & { body: Buffer }): string => {
  const target = request.headers['x-amz-target']?.split('.')[0];
  const cbor = /^\/service\/([^/]+)\/operation\/\w+$/.exec(request.path)?.[1];
  const name = target ?? cbor;
  if (name !== undefined) {
    const known = Object.entries(protocols).find(([, { target: its }]) => its === name);
    return known?.[0] ?? name.replace(/_?\d{8}$/, '').toLowerCase();
  }
  if (!isQuery(request)) return 's3';
  const version = new URLSearchParams(request.body.toString('utf8')).get('Version');
  const known = Object.entries(protocols).find(
    ([service, { version: its }]) => service !== 's3' && its === version,
  );
  return known?.[0] ?? 'sts';
};

/** Whether a request is a form, as those of the query services are. S3 has no unsigned forms. */
export const isQuery = ({ method, headers }: Head): boolean =>
  method === 'POST' && headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

/** Whether a request can carry an object: one for S3, or one that does not say what it is for. */
export const mayHoldContent = (request: Head): boolean => {
  const signature = signatureOf({ ...request, hostname: '', body: Buffer.alloc(0) });
  if (signature) return signature.service === 's3';
  return request.headers['x-amz-target'] === undefined && !isQuery(request);
};
