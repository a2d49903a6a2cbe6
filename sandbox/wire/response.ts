import type { AwsError } from '../model/aws-error.ts';
import type { AwsResponse } from '../model/contract.ts';
import { writeJson } from './json.ts';
import { answerOfRest, errorAnswerOfRest } from './rest-answer.ts';
import type { OperationSchema, Service } from './service.ts';
import { writeEc2Answer, writeEc2Error, writeQueryAnswer, writeQueryError } from './xml.ts';

/** An operation's output as its service's protocol writes it. */
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

/** An error as the service's protocol writes it; in EC2's shape where no service is known. */
export const errorAnswerOf = (
  service: Service | undefined,
  error: AwsError,
  requestId: string,
): AwsResponse => {
  switch (service?.protocol) {
    case 'awsJson1.1': {
      const body = JSON.stringify({ __type: error.code, message: error.message });
      return json(error.status, body, requestId, { 'x-amzn-errortype': error.code });
    }
    case 'restXml':
      return errorAnswerOfRest(error, requestId);
    case 'awsQuery':
      return xml(error.status, writeQueryError(service, error, requestId), requestId);
    default:
      return xml(error.status, writeEc2Error(error, requestId), requestId);
  }
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

const respond = (status: number, text: string, headers: Record<string, string>): AwsResponse => {
  const body = Buffer.from(text, 'utf8');
  return { status, headers: { ...headers, 'content-length': String(body.length) }, body };
};
