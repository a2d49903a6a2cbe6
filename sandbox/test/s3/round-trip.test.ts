import * as s3 from '@aws-sdk/client-s3';
import { NormalizedSchema } from '@smithy/core/schema';
import { expect, test } from 'vitest';
import type { AwsRequest } from '../../model/contract.ts';
import { withoutChunks } from '../../s3/chunked-body.ts';
import { inputOf, operationOf } from '../../wire/request.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { answerOf } from '../../wire/response.ts';
import { protocols, serviceNamed } from '../../wire/service.ts';
import { sampleOf } from '../sample.ts';

/** Answers in an event stream; operations of other kinds of buckets, at hosts of their own. */
const left = new Set([
  'SelectObjectContent',
  'CreateSession',
  'ListDirectoryBuckets',
  'WriteGetObjectResponse',
]);

/** Changes that the SDK itself makes: to requests, to encryption keys, to answers. */
const ofSdk =
  /^(Checksum|SSECustomerKey|CopySourceSSECustomerKey|ContentMD5|ContentLength|Expires|ContentType)/;

const without = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value as object).filter(([name]) => !ofSdk.test(name)));

/** Headers and labels contain no line breaks and no other alphabets; the rest is as difficult as the sample. */
const sampleWithHeaders = (schema: NormalizedSchema): Record<string, unknown> => {
  if (!schema.isStructSchema()) return {};
  return Object.fromEntries(
    [...schema.structIterator()].map(([name, member]) => {
      const { httpLabel, httpHeader, httpPrefixHeaders, httpPayload } = member.getMergedTraits();
      if (httpLabel) return [name, name === 'Bucket' ? 'a-bucket' : `a <b>/& +%20=é 日本//"c"`];
      if (httpPrefixHeaders) return [name, { one: 'value of one', 'two-2': 'b' }];
      if (httpHeader && member.isListSchema()) return [name, ['one', 'two']];
      if (httpHeader && member.isStringSchema()) return [name, 'a value; of="header"'];
      if (httpPayload && member.isBlobSchema()) return [name, new Uint8Array([0, 1, 254, 255])];
      return [name, sampleOf(member)];
    }),
  );
};

/** The SDK computes checksums itself, with the named algorithm. */
const algorithmOf = (schema: NormalizedSchema): object =>
  schema.isStructSchema() && Object.hasOwn(schema.getMemberSchemas(), 'ChecksumAlgorithm')
    ? { ChecksumAlgorithm: 'CRC32' }
    : {};

/** Content arrives as a stream. */
const settled = async (output: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const entries = Object.entries(output).map(async ([name, value]) => {
    const stream = value as { transformToByteArray?(): Promise<Uint8Array> } | undefined;
    return [name, stream?.transformToByteArray ? await stream.transformToByteArray() : value];
  });
  return Object.fromEntries(await Promise.all(entries));
};

const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
};

test('every operation of S3 passes in both directions unchanged', async () => {
  const service = await serviceNamed('s3');
  const seen: { operation?: string; input?: unknown } = {};
  const client = new s3.S3Client({
    region: 'us-east-1',
    maxAttempts: 1,
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: createRequestHandler({
      handle: async (request: AwsRequest) => {
        const isFramed = request.headers['x-amz-decoded-content-length'] !== undefined;
        const unchecked = { chunk: () => undefined, trailer: () => undefined };
        const whole = isFramed ? withoutChunks(request, unchecked) : request;
        const operation = operationOf(service, whole);
        seen.operation = operation.name;
        seen.input = inputOf(service, operation, whole);
        return answerOf(service, operation, sampleWithHeaders(operation.output), 'request-id');
      },
    }),
  });
  let compared = 0;
  for (const operation of service.operations.values()) {
    const { name } = operation;
    if (left.has(name)) continue;
    const Command = (s3 as Record<string, unknown>)[`${name}Command`] as new (input: object) => never;
    const input = { ...without(sampleWithHeaders(operation.input)), ...algorithmOf(operation.input) };
    const { $metadata, ...output } = (await client.send(new Command(input)).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    })) as unknown as Record<string, unknown>;
    expect(seen.operation).toBe(name);
    expect(plain(without(seen.input)), name).toEqual(plain(without(input)));
    expect(plain(without(await settled(output))), name).toEqual(
      plain(without(sampleWithHeaders(operation.output))),
    );
    expect(($metadata as { requestId?: string }).requestId, name).toBe('request-id');
    compared += 1;
  }
  expect(compared).toBeGreaterThan(105);
});

test('S3 has the protocol, version and namespace of the SDK', () => {
  const { protocol, protocolSettings } = new s3.S3Client({ region: 'us-east-1' }).config as unknown as {
    protocol: { getShapeId(): string };
    protocolSettings: { xmlNamespace: string; version: string };
  };
  expect(protocol.getShapeId()).toBe(`aws.protocols#${protocols.s3.protocol}`);
  expect([protocolSettings.version, protocolSettings.xmlNamespace]).toEqual([
    protocols.s3.version,
    protocols.s3.namespace,
  ]);
  expect(NormalizedSchema.of(s3.PutObject$[4]).isStructSchema()).toBe(true);
});
