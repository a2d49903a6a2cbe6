import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as quotas from '@aws-sdk/client-service-quotas';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import type { AwsRequest } from '../model/contract.ts';
import { inputOf, operationOf } from '../wire/request.ts';
import { createRequestHandler } from '../wire/request-handler.ts';
import { answerOf } from '../wire/response.ts';
import { type ServiceName, serviceNamed } from '../wire/service.ts';
import { sampleOf } from './sample.ts';

interface AnyClient {
  send(command: unknown): Promise<Record<string, unknown>>;
  config: unknown;
}

const modules: Record<
  Exclude<ServiceName, 's3'>,
  { exports: object; Client: new (config: object) => unknown }
> = {
  autoscaling: { exports: autoScaling, Client: autoScaling.AutoScalingClient },
  ec2: { exports: ec2, Client: ec2.EC2Client },
  iam: { exports: iam, Client: iam.IAMClient },
  kms: { exports: kms, Client: kms.KMSClient },
  servicequotas: { exports: quotas, Client: quotas.ServiceQuotasClient },
  sns: { exports: sns, Client: sns.SNSClient },
  ssm: { exports: ssm, Client: ssm.SSMClient },
  sts: { exports: sts, Client: sts.STSClient },
};

/** The SDK itself adds these to CopySnapshot. */
const addedBySdk = ['PresignedUrl', 'DestinationRegion'];

const without = (value: unknown, names: string[]): unknown =>
  Object.fromEntries(Object.entries(value as object).filter(([name]) => !names.includes(name)));

/**
 * The schemas are a semi-internal part of the SDK. This ensures that requests from its clients can be read and that its clients
 * can read the answers, for every operation and every member.
 */
test.each([
  ['autoscaling', 60],
  ['ec2', 800],
  ['iam', 150],
  ['kms', 50],
  ['servicequotas', 20],
  ['sns', 40],
  ['ssm', 140],
  ['sts', 8],
] as const)('every operation of %s passes in both directions unchanged', async (name, atLeast) => {
  const service = await serviceNamed(name);
  expect(service.operations.size).toBeGreaterThan(atLeast);
  const { exports, Client } = modules[name];
  const seen: { input?: unknown } = {};
  const client = new Client({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: createRequestHandler({
      handle: async (request: AwsRequest) => {
        const operation = operationOf(service, request);
        seen.input = inputOf(service, operation, request);
        return answerOf(service, operation, sampleOf(operation.output) as object, 'request-id');
      },
    }),
  }) as AnyClient;
  const wrong: string[] = [];
  for (const operation of service.operations.values()) {
    const Command = (exports as Record<string, new (input: unknown) => unknown>)[`${operation.name}Command`];
    if (!Command) throw new Error(`No command for ${operation.name}`);
    const input = sampleOf(operation.input);
    const { $metadata, ...output } = await client.send(new Command(input));
    expect(without(seen.input, addedBySdk), operation.name).toEqual(without(input, addedBySdk));
    expect(output, operation.name).toEqual(sampleOf(operation.output));
    if (($metadata as { requestId?: string }).requestId !== 'request-id') wrong.push(operation.name);
  }
  expect(wrong).toEqual([]);
});

test.each(['ec2', 'kms', 'servicequotas', 'sns', 'ssm', 'sts'] as const)(
  '%s has the protocol, version and namespace of the SDK',
  async (name) => {
    const service = await serviceNamed(name);
    const client = new modules[name].Client({ region: 'us-east-1' }) as {
      config: {
        protocol: { getShapeId(): string };
        protocolSettings: { xmlNamespace?: string; version?: string; serviceTarget?: string };
      };
    };
    const { protocol, protocolSettings } = client.config;
    expect(protocol.getShapeId()).toBe(`aws.protocols#${service.protocol.replace('Json1.1', 'Json1_1')}`);
    expect(protocolSettings.version).toBe(service.version);
    if (service.target !== '') expect(protocolSettings.serviceTarget).toBe(service.target);
    // EC2 itself ends its namespace with a slash; the SDK omits it.
    else
      expect([`${protocolSettings.xmlNamespace}/`, protocolSettings.xmlNamespace]).toContain(
        service.namespace,
      );
  },
);
