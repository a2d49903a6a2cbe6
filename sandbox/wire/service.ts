import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceName } from '../model/service-names.ts';

export type { ServiceName } from '../model/service-names.ts';

export type Protocol = 'ec2Query' | 'awsQuery' | 'awsJson1.1' | 'restXml';

/** A service's protocol, and every operation of it that the SDK knows. */
export interface Service {
  name: string;
  protocol: Protocol;
  /** `Version` of query requests. */
  version: string;
  /** XML namespace of answers; none for JSON. */
  namespace: string;
  /** The prefix of `X-Amz-Target`; JSON only. */
  target: string;
  operations: ReadonlyMap<string, OperationSchema>;
}

export interface OperationSchema {
  name: string;
  input: NormalizedSchema;
  output: NormalizedSchema;
  /** Method and path of a restXml operation, and the HTTP status of its answer. */
  http?: { method: string; uri: string; status: number };
}

/** Protocol, version and namespace by service, as in the SDK's clients; a test compares them. */
export const protocols: Record<ServiceName, Omit<Service, 'name' | 'operations'>> = {
  autoscaling: {
    protocol: 'awsQuery',
    version: '2011-01-01',
    namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    target: '',
  },
  ec2: {
    protocol: 'ec2Query',
    version: '2016-11-15',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    target: '',
  },
  iam: {
    protocol: 'awsQuery',
    version: '2010-05-08',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    target: '',
  },
  kms: {
    protocol: 'awsJson1.1',
    version: '2014-11-01',
    namespace: '',
    target: 'TrentService',
  },
  s3: {
    protocol: 'restXml',
    version: '2006-03-01',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    target: '',
  },
  sns: {
    protocol: 'awsQuery',
    version: '2010-03-31',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    target: '',
  },
  sts: {
    protocol: 'awsQuery',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    target: '',
  },
  ssm: { protocol: 'awsJson1.1', version: '2014-11-06', namespace: '', target: 'AmazonSSM' },
  servicequotas: {
    protocol: 'awsJson1.1',
    version: '2019-06-24',
    namespace: '',
    target: 'ServiceQuotasV20190624',
  },
};

const load: Record<ServiceName, () => Promise<object>> = {
  autoscaling: () => import('@aws-sdk/client-auto-scaling'),
  ec2: () => import('@aws-sdk/client-ec2'),
  iam: () => import('@aws-sdk/client-iam'),
  kms: () => import('@aws-sdk/client-kms'),
  s3: () => import('@aws-sdk/client-s3'),
  servicequotas: () => import('@aws-sdk/client-service-quotas'),
  sns: () => import('@aws-sdk/client-sns'),
  ssm: () => import('@aws-sdk/client-ssm'),
  sts: () => import('@aws-sdk/client-sts'),
};

const loaded = new Map<ServiceName, Promise<Service>>();

/**
 * A service with the schemas that its SDK client exports, imported at first use. An operation's schema is a tuple that starts
 * with 9 and has its name, traits, input and output at 2 to 5.
 */
export const serviceNamed = (name: ServiceName): Promise<Service> => {
  const known = loaded.get(name);
  if (known) return known;
  const service = load[name]().then((client) => serviceOf(name, protocols[name], client));
  loaded.set(name, service);
  return service;
};

/** A service from the exports of its SDK client's package. */
export const serviceOf = (
  name: string,
  protocol: Omit<Service, 'name' | 'operations'>,
  client: object,
): Service => ({ name, ...protocol, operations: operationsOf(client) });

const operationsOf = (client: object): Map<string, OperationSchema> => {
  const operations = new Map<string, OperationSchema>();
  for (const schema of Object.values(client)) {
    if (!Array.isArray(schema) || schema[0] !== 9) continue;
    const name = String(schema[2]);
    operations.set(name, {
      name,
      input: NormalizedSchema.of(schema[4]),
      output: NormalizedSchema.of(schema[5]),
      ...httpOf(schema[3]),
    });
  }
  return operations;
};

const httpOf = (traits: unknown): Pick<OperationSchema, 'http'> => {
  const http = typeof traits === 'object' && traits !== null && 'http' in traits ? traits.http : undefined;
  if (!Array.isArray(http)) return {};
  return { http: { method: String(http[0]), uri: String(http[1]), status: Number(http[2]) } };
};
