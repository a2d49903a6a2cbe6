import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import { readJson } from './json.ts';
import { readQuery } from './query.ts';
import { addressOf } from './rest-address.ts';
import { readRest } from './rest-request.ts';
import { routeOf } from './rest-route.ts';
import type { OperationSchema, Service } from './service.ts';

/** The name of the requested operation, as the client wrote it; empty if it names none. */
export const operationNameOf = (service: Service, request: AwsRequest): string => {
  if (service.protocol === 'restXml') return routeOf(service, request, addressOf(request))?.name ?? '';
  return service.protocol === 'awsJson1.1'
    ? (request.headers['x-amz-target']?.split('.').at(-1) ?? '')
    : (parametersOf(request).get('Action') ?? '');
};

/** The schema of the requested operation. Throws the protocol's error if the service does not have it. */
export const operationOf = (service: Service, request: AwsRequest): OperationSchema => {
  const name = operationNameOf(service, request);
  const operation = service.operations.get(name);
  if (service.protocol === 'restXml') {
    if (!operation) throw notImplemented(`${service.name}: ${request.method} ${request.path}`);
    return operation;
  }
  if (service.protocol === 'awsJson1.1') {
    if (!operation || request.headers['x-amz-target'] !== `${service.target}.${name}`)
      throw new AwsError('UnknownOperationException', `Unknown operation: ${name}`);
    return operation;
  }
  if (!operation) {
    throw new AwsError('InvalidAction', `The action ${name} is not valid for this web service.`);
  }
  const version = parametersOf(request).get('Version');
  if (version !== service.version) {
    throw new AwsError(
      'NoSuchVersion',
      `The requested version (${version ?? ''}) of service ${service.name} does not exist`,
    );
  }
  return operation;
};

/** The operation's input. Throws the protocol's error if the schema does not allow it. */
export const inputOf = (
  service: Service,
  operation: OperationSchema,
  request: AwsRequest,
): Record<string, unknown> => {
  if (service.protocol === 'restXml') return readRest(operation, request);
  if (service.protocol === 'awsJson1.1') return readJson(operation.input, request.body);
  return readQuery(operation.input, parametersOf(request), service.protocol);
};

/** Query services read their parameters from the body of a POST and from the query of a GET. */
const parametersOf = (request: AwsRequest): URLSearchParams => {
  if (request.method === 'POST') return new URLSearchParams(request.body.toString('utf8'));
  const at = request.path.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : request.path.slice(at + 1));
};
