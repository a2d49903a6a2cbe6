import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { type Aws, type AwsOptions, createAws } from '../aws.ts';
import { createFaults } from '../calls/faults.ts';
import { type Account, defaultAccount } from '../model/accounts.ts';
import type { Behaviour } from '../model/behaviour.ts';
import type { Faults, Machine } from '../model/contract.ts';
import { createRequestHandler } from '../wire/request-handler.ts';

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export interface World {
  aws: Aws;
  faults: Faults;
  folder: string;
  /** The instances that the SSH side currently answers for, by id. */
  machines: Map<string, Machine>;
  autoScaling(options?: ClientOptions): AutoScalingClient;
  ec2(options?: ClientOptions): EC2Client;
  iam(options?: ClientOptions): IAMClient;
  kms(options?: ClientOptions): KMSClient;
  sns(options?: ClientOptions): SNSClient;
  ssm(options?: ClientOptions): SSMClient;
  quotas(options?: ClientOptions): ServiceQuotasClient;
  sts(options?: ClientOptions): STSClient;
}

interface ClientOptions {
  region?: string;
  account?: Pick<Account, 'accessKeyId' | 'secretAccessKey'> & { sessionToken?: string };
  maxAttempts?: number;
}

/** An embedded AWS in a folder of its own, with real SDK clients that reach it without a socket. */
export const createWorld = (options: Partial<AwsOptions> = {}): World => {
  const folder = options.folder ?? temporaryFolder();
  const machines = new Map<string, Machine>();
  const faults = createFaults();
  const aws = createAws({
    folder,
    faults,
    machines: {
      start: async (machine) => {
        machines.set(machine.instanceId, machine);
      },
      stop: async (instanceId) => {
        machines.delete(instanceId);
      },
    },
    ...options,
  });
  onTestFinished(() => aws.close());
  const config = ({
    region = 'us-east-1',
    account = defaultAccount,
    maxAttempts = 1,
  }: ClientOptions = {}) => ({
    region,
    maxAttempts,
    credentials: account,
    requestHandler: createRequestHandler(aws),
  });
  return {
    aws,
    faults,
    folder,
    machines,
    autoScaling: (client) => new AutoScalingClient(config(client)),
    ec2: (client) => new EC2Client(config(client)),
    iam: (client) => new IAMClient(config(client)),
    kms: (client) => new KMSClient(config(client)),
    sns: (client) => new SNSClient(config(client)),
    ssm: (client) => new SSMClient(config(client)),
    quotas: (client) => new ServiceQuotasClient(config(client)),
    sts: (client) => new STSClient(config(client)),
  };
};

/** Settings that allow public images, which a new account's settings do not. */
export const unblocked: Behaviour = { accounts: [{ imageBlockPublicAccess: 'unblocked' }] };

/** The code of the error that a call fails with, or `no error`. */
export const errorOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};
