import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../model/aws-error.ts';
import type { AwsResponse } from '../model/contract.ts';
import { xmlNameOf } from './members.ts';
import type { OperationSchema, Service } from './service.ts';
import { declaration, element, scalarText, writeMembers } from './xml.ts';

/** Answers without a body have no length: HEAD's would be another's, and 204 and 304 have none. */
const bodiless = new Set([204, 304]);

/** Operations that S3 answers with another status than its model says (seen on AWS by moto's maintainers). */
const otherStatus: Record<string, number> = { PutBucketTagging: 204 };

/** The answer of a restXml operation: members in headers, the others or the payload in the body. */
export const answerOfRest = (
  service: Service,
  { name, output: schema, http }: OperationSchema,
  output: object,
  requestId: string,
): AwsResponse => {
  const values = output as Record<string, unknown>;
  const headers: Record<string, string> = requestHeaders(requestId);
  const status = 'ContentRange' in values ? 206 : (otherStatus[name] ?? http?.status ?? 200);
  if (name === 'HeadBucket') headers['content-type'] = 'application/xml';
  if (!schema.isStructSchema()) return respond(status, headers, Buffer.alloc(0));
  let payload: NormalizedSchema | undefined;
  let payloadValue: unknown;
  let hasBody = false;
  for (const [member, its] of schema.structIterator()) {
    const { httpHeader, httpPrefixHeaders, httpPayload } = its.getMergedTraits();
    const value = values[member] ?? undefined;
    if (typeof httpHeader === 'string') {
      if (value !== undefined) headers[httpHeader.toLowerCase()] = headerText(its, value);
    } else if (typeof httpPrefixHeaders === 'string') {
      for (const [key, one] of Object.entries(value ?? {})) headers[httpPrefixHeaders + key] = String(one);
    } else if (httpPayload) {
      payload = its;
      payloadValue = value;
    } else hasBody = true;
  }
  if (payload?.isBlobSchema() || payload?.isStringSchema()) {
    return respond(status, headers, Buffer.from((payloadValue ?? '') as string));
  }
  if (payload ? payloadValue === undefined : !hasBody) return respond(status, headers, Buffer.alloc(0));
  const [root, body] = payload
    ? [xmlNameOf(payload, payload.getName() ?? ''), writeMembers(payload, payloadValue as object)]
    : [String(schema.getMergedTraits().xmlName ?? schema.getName()), bodyMembers(name, schema, values)];
  const xml = `${declaration}<${root} xmlns="${service.namespace}">${body}</${root}>`;
  return respond(status, { ...headers, 'content-type': 'application/xml' }, Buffer.from(xml, 'utf8'));
};

/** S3 writes the region directly into the root element, which has the name of its one member ("GetBucketLocation"). */
const bodyMembers = (name: string, schema: NormalizedSchema, values: Record<string, unknown>): string =>
  name === 'GetBucketLocation'
    ? element('', String(values.LocationConstraint ?? '')).slice(2, -3)
    : writeMembers(schema, values);

/** S3's error ("Error responses"); some codes have more fields than code and message. */
export const errorAnswerOfRest = (error: AwsError, requestId: string): AwsResponse => {
  const headers = { ...requestHeaders(requestId), ...error.headers };
  if (bodiless.has(error.status)) return respond(error.status, headers, Buffer.alloc(0));
  const details = Object.entries({
    Code: error.code,
    Message: error.message,
    ...error.details,
    RequestId: requestId,
    HostId: hostId(requestId),
  });
  const xml = `${declaration}<Error>${details.map(([name, text]) => element(name, text)).join('')}</Error>`;
  return respond(error.status, { ...headers, 'content-type': 'application/xml' }, Buffer.from(xml, 'utf8'));
};

const requestHeaders = (requestId: string): Record<string, string> => ({
  'x-amz-request-id': requestId,
  'x-amz-id-2': hostId(requestId),
  server: 'AmazonS3',
});

const hostId = (requestId: string): string => Buffer.from(`sandbox ${requestId}`).toString('base64');

const headerText = (schema: NormalizedSchema, value: unknown): string => {
  if (value instanceof Date && schema.getSchema() !== dateTime) return value.toUTCString();
  return Array.isArray(value) ? value.join(',') : scalarText(schema, value);
};

/** How the SDK's schemas mark a time in ISO 8601 format, where headers have HTTP dates. */
const dateTime = 5;

const respond = (status: number, headers: Record<string, string>, body: Buffer): AwsResponse => ({
  status,
  headers: {
    ...headers,
    ...(bodiless.has(status) || 'content-length' in headers ? {} : { 'content-length': String(body.length) }),
  },
  body,
});
