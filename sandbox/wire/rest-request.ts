import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import { requiredMembers, xmlNameOf } from './members.ts';
import { addressOf } from './rest-address.ts';
import { readXmlBody } from './rest-xml-body.ts';
import type { OperationSchema } from './service.ts';

/**
 * The input of a restXml operation, member by member from path, query, headers and body. Content stays as bytes. Throws S3's
 * own errors if the schema does not allow it.
 */
export const readRest = (
  { input: schema }: OperationSchema,
  request: AwsRequest,
): Record<string, unknown> => {
  const input: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return input;
  const { bucket, key } = addressOf(request);
  const query = new URLSearchParams(request.path.split('?').slice(1).join('?'));
  const required = new Set(requiredMembers(schema));
  for (const [name, member] of schema.structIterator()) {
    const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload } = member.getMergedTraits();
    let value: unknown;
    if (httpLabel) value = name === 'Bucket' ? bucket : key;
    else if (typeof httpQuery === 'string') value = fromText(member, query.get(httpQuery), httpQuery);
    else if (typeof httpHeader === 'string') {
      value = fromText(member, request.headers[httpHeader.toLowerCase()] ?? null, httpHeader);
      if (value === undefined && required.has(name)) throw missingHeader(httpHeader);
    } else if (typeof httpPrefixHeaders === 'string') value = withPrefix(request.headers, httpPrefixHeaders);
    else if (httpPayload) value = payloadOf(member, request.body, required.has(name));
    if (value !== undefined) input[name] = value;
  }
  return input;
};

const fromText = (schema: NormalizedSchema, text: string | null, argument: string): unknown => {
  if (text === null) return undefined;
  if (schema.isListSchema()) return text.split(',').map((one) => one.trim());
  if (schema.isBooleanSchema()) return /^true$/i.test(text);
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw notInteger(argument, text);
    return value;
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) throw invalid(`${argument} is no time`, argument, text);
    return time;
  }
  return text;
};

const withPrefix = (headers: Record<string, string>, prefix: string): Record<string, string> | undefined => {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
};

const payloadOf = (member: NormalizedSchema, body: Buffer, isRequired: boolean): unknown => {
  if (member.isBlobSchema()) return content(body);
  if (body.length === 0) {
    if (isRequired) throw new AwsError('MissingRequestBodyError', 'Request Body is empty');
    return undefined;
  }
  if (member.isStringSchema()) return body.toString('utf8');
  return readXmlBody(member, xmlNameOf(member, member.getName() ?? ''), body);
};

/** Bytes that show only their number when the input is written as JSON, for a log or a fault's condition. */
const content = (body: Buffer): Buffer => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  Object.defineProperty(bytes, 'toJSON', { value: () => `(${bytes.length} bytes)` });
  return bytes;
};

const missingHeader = (header: string): AwsError =>
  new AwsError('InvalidRequest', `Missing required header for this request: ${header}`);

const notInteger = (argument: string, value: string): AwsError =>
  invalid(`Provided ${argument} not an integer or within integer range`, argument, value);

const invalid = (message: string, argument: string, value: string): AwsError =>
  new AwsError('InvalidArgument', message, { details: { ArgumentName: argument, ArgumentValue: value } });
