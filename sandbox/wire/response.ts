import type { AwsError } from '../model/aws-error.ts';
import type { AwsResponse } from '../model/contract.ts';
import { writeJson } from './json.ts';
import type { ErrorForm } from './other-service.ts';
import { answerOfRest, errorAnswerOfRest } from './rest-answer.ts';
import type { OperationSchema, Service } from './service.ts';
import { writeEc2Answer, writeEc2Error, writeQueryAnswer, writeQueryError } from './xml.ts';

/** An operation's output in its service's protocol. */
export const answerOf = (
  service: Service,
  operation: OperationSchema,
  output: object,
  requestId: string,
): AwsResponse => {
  switch (service.protocol) {
    case 'ec2Query':
      return xml(200, writeEc2Answer(service, operation, output, requestId), requestId);
    case 'awsQuery':
      return xml(200, writeQueryAnswer(service, operation, output, requestId), requestId);
    case 'awsJson1.1':
      return json(200, writeJson(operation.output, output), requestId);
    case 'restXml':
      return answerOfRest(service, operation, output, requestId);
  }
};

/** An error in the format of a protocol; EC2's if the protocol is unknown. `namespace` is the service's. */
export const errorAnswerOf = (
  { form, namespace = '' }: { form: ErrorForm | undefined; namespace?: string },
  error: AwsError,
  requestId: string,
): AwsResponse => {
  switch (form) {
    case 'awsJson1.0':
    case 'awsJson1.1':
    case 'restJson1': {
      const body = JSON.stringify({ __type: error.code, message: error.message });
      const headers = { 'content-type': jsonTypes[form], 'x-amzn-errortype': error.code };
      return json(error.status, body, requestId, headers);
    }
    case 'rpcv2Cbor':
      return respond(error.status, textMap({ __type: error.code, message: error.message }), {
        'content-type': 'application/cbor',
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-requestid': requestId,
      });
    case 'restXml':
      return errorAnswerOfRest(error, requestId);
    case 'awsQuery':
    case 'restXmlWrapped':
      return xml(error.status, writeQueryError(namespace, error, requestId), requestId);
    default:
      return xml(error.status, writeEc2Error(error, requestId), requestId);
  }
};

const jsonTypes = {
  'awsJson1.0': 'application/x-amz-json-1.0',
  'awsJson1.1': 'application/x-amz-json-1.1',
  restJson1: 'application/json',
};

/** A map of texts in CBOR (RFC 8949): fewer than 24 entries, each text shorter than 64 KiB. */
const textMap = (entries: Record<string, string>): Buffer =>
  Buffer.concat([
    Buffer.from([0xa0 + Object.keys(entries).length]),
    ...Object.entries(entries).flat().map(cborText),
  ]);

const cborText = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 0xffff);
  return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

const xml = (status: number, text: string, requestId: string): AwsResponse =>
  respond(status, text, { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId });

const json = (
  status: number,
  text: string,
  requestId: string,
  more: Record<string, string> = {},
): AwsResponse =>
  respond(status, text, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': requestId,
    ...more,
  });

const respond = (status: number, content: string | Buffer, headers: Record<string, string>): AwsResponse => {
  const body = Buffer.from(content);
  return { status, headers: { ...headers, 'content-length': String(body.length) }, body };
};
