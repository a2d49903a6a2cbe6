import type { AwsRequest } from '../model/contract.ts';
import { serviceNames } from '../model/service-names.ts';
import { type Protocol, protocols } from './service.ts';
import { signatureOf } from './signature.ts';

/** The format of an error: a protocol of the sandbox's services, or one of those that AWS's other services use. */
export type ErrorForm = Protocol | 'awsJson1.0' | 'restJson1' | 'restXmlWrapped' | 'rpcv2Cbor';

/** The service and operation of a request that the sandbox does not support, as far as the request names them. */
export interface OtherService {
  /** `elasticloadbalancing`, from the signature, or from the host of an unsigned request. */
  service: string;
  /** `DescribeLoadBalancers`; `GET /path` if the protocol does not name the operation in the request. */
  operation: string;
  region: string | undefined;
  form: ErrorForm;
}

/** Services besides S3 that use restXml, by the name that they are signed for (their models in the SDKs). */
const speakXml = new Set(['cloudfront', 'route53', 's3-outposts', 's3-object-lambda', 's3express']);

/** The AWS service and operation of a request that is not for one of the sandbox's services. */
export const otherServiceOf = (request: AwsRequest): OtherService => {
  const signature = signatureOf(request);
  const host = partsOf(request.hostname);
  const service = signature?.service ?? host.service;
  return {
    service,
    operation: operationIn(request),
    region: host.region ?? signature?.region,
    form: formOf(request, service),
  };
};

/** The region in the name of an AWS host: `us-gov-west-1`, `eusc-de-east-1`. */
const region = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

/** `api.ecr.us-east-1.amazonaws.com`, `route53.amazonaws.com`, `s3.dualstack.us-east-1.amazonaws.com`, `ec2-fips.…`. */
const partsOf = (hostname: string): { service: string; region?: string } => {
  const labels = hostname
    .toLowerCase()
    .replace(awsDomain, '')
    .split('.')
    .filter((label) => label !== 'dualstack' && label !== 'fips');
  const at = labels.findIndex((label) => region.test(label));
  const name = (at > 0 ? labels[at - 1] : labels.at(at === 0 ? 1 : -1)) ?? '';
  return {
    service: name.replace(/-fips$/, '').replace(/^s3-.*$/, 's3'),
    ...(at >= 0 ? { region: labels[at] } : {}),
  };
};

/** The domains of AWS's endpoints, of all its partitions ("AWS service endpoints"; `partitions.json` of the SDKs). */
export const awsDomain =
  /\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn)$/;

const parametersIn = ({ method, path, body }: AwsRequest): URLSearchParams =>
  new URLSearchParams(
    method === 'POST' ? body.toString('utf8', 0, 4096) : path.split('?').slice(1).join('?'),
  );

/** The action of a query request, in `Action`. */
const actionIn = (request: AwsRequest): string | undefined => {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return request.method === 'GET' || isForm ? (parametersIn(request).get('Action') ?? undefined) : undefined;
};

const operationIn = (request: AwsRequest): string => {
  const target = request.headers['x-amz-target']?.split('.').at(-1);
  const path = request.path.split('?')[0] ?? '/';
  const cbor = /^\/service\/[^/]+\/operation\/(\w+)$/.exec(path)?.[1];
  return target ?? cbor ?? actionIn(request) ?? `${request.method} ${path}`;
};

const formOf = (request: AwsRequest, service: string): ErrorForm => {
  const type = request.headers['content-type'] ?? '';
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return 'rpcv2Cbor';
  const known = serviceNames.find((name) => name === service);
  if (known) return protocols[known].protocol;
  if (type.startsWith('application/x-amz-json-1.0')) return 'awsJson1.0';
  if (request.headers['x-amz-target'] !== undefined) return 'awsJson1.1';
  if (actionIn(request) !== undefined) return 'awsQuery';
  return speakXml.has(service) ? 'restXmlWrapped' : 'restJson1';
};

/** The partitions besides `aws`, by the prefix of their regions. */
const otherPartition = /^(?:cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/;

/** What the sandbox reports as missing: an operation, or a partition. */
export const lackingOf = (hostname: string, other: OtherService): string =>
  otherPartition.test(other.region ?? '')
    ? `${other.service} of ${other.region} (${hostname}): the sandbox has no China, no GovCloud and no partition other than aws`
    : other.region !== undefined && serviceNames.some((name) => name === other.service)
      ? `the host ${hostname}`
      : `${other.service}:${other.operation}`;
