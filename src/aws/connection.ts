import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { getProxyForUrl } from 'proxy-from-env';
import { definedOnly } from '../lib/defined-only.ts';
import { assumedRole, type CredentialSource, type Role } from './credentials.ts';
import { createPace, keepPace, type Pace } from './pace.ts';
import { ProxiedAgent } from './proxied-agent.ts';

/** How AWS is reached: the real one, or a sandbox by the environment that it hands out. */
export interface Connection {
  /** `aws`, or `sandbox:<id>`: plans are refused at any other endpoint than their own. */
  endpoint: string;
  /** Proxy, certificate authority, profile and region are read from here, as the AWS CLI does. */
  environment: NodeJS.ProcessEnv;
  /** Named profile of the user's AWS configuration. */
  profile?: string;
  /** To be assumed with the credentials that there are. */
  role?: Role;
}

/** SDK clients, one per service and region, made on first use. */
export interface Clients {
  ec2(region: string): EC2Client;
  ssm(region: string): SSMClient;
  sts(region: string): STSClient;
  /** Loaded on first use: few runs have to do with S3. */
  s3(region: string): Promise<S3Client>;
  /** Loaded on first use: only what is made public is counted. */
  quotas(region: string): Promise<ServiceQuotasClient>;
  /** Loaded on first use: `cleanup` alone asks it. */
  autoScaling(region: string): Promise<AutoScalingClient>;
}

/** What every client of ours is made with. Tests pass a request handler that has no socket. */
export interface ClientSettings {
  credentials: EC2ClientConfig['credentials'];
  /** Settings of one client: its request handler, and the endpoint where the user's environment may not choose it. */
  client(
    region: string,
    service: string,
  ): Pick<EC2ClientConfig, 'requestHandler' | 'endpoint' | 'useFipsEndpoint' | 'useDualstackEndpoint'>;
  /** EC2's rates as one keeps them by itself; that of real time where absent. */
  pace?: Pace;
}

/**
 * About ten attempts with the SDK's standard back-off: a run makes hundreds of calls in a region, and three
 * attempts let a throttle through. Every call that this tool makes may be repeated without harm.
 * How fast they come is for `pace`; retries are for what else draws on the account's rates, and for bad luck.
 */
export const retries = { maxAttempts: 10, retryMode: 'standard' } as const;

/** Clients, and whose credentials they ask with. */
export interface Connected extends Clients {
  credentials: CredentialSource;
}

export function createClients(settings: ClientSettings): Clients {
  const { pace = createPace() } = settings;
  const made = new Map<string, unknown>();
  function once<T>(service: string, region: string, make: (config: EC2ClientConfig) => T): T {
    const key = `${service} ${region}`;
    if (!made.has(key)) {
      const { credentials } = settings;
      const config = { region, credentials, ...retries, ...settings.client(region, service) };
      made.set(key, make(config as EC2ClientConfig));
    }
    return made.get(key) as T;
  }
  return {
    ec2: (region) => once('ec2', region, (config) => keepPace(new EC2Client(config), region, pace)),
    ssm: (region) => once('ssm', region, (config) => new SSMClient(config as object)),
    sts: (region) => once('sts', region, (config) => new STSClient(config as object)),
    s3: (region) =>
      once('s3', region, async (config) => {
        const { S3Client } = await import('@aws-sdk/client-s3');
        return new S3Client(config as object);
      }),
    quotas: (region) =>
      once('servicequotas', region, async (config) => {
        const { ServiceQuotasClient } = await import('@aws-sdk/client-service-quotas');
        return new ServiceQuotasClient(config as object);
      }),
    autoScaling: (region) =>
      once('autoscaling', region, async (config) => {
        const { AutoScalingClient } = await import('@aws-sdk/client-auto-scaling');
        return new AutoScalingClient(config as object);
      }),
  };
}

/** Clients for a connection. Nothing is called yet, so nothing can fail but an unreadable CA bundle. */
export function connect(connection: Connection): Connected {
  const { environment } = connection;
  const bundle = environment.AWS_CA_BUNDLE;
  const trust = createSecureContext(bundle ? { ca: readFileSync(bundle, 'utf8') } : {});
  const requestHandler = (url: string) => handlerFor(proxyFor(connection, url), trust);
  return connection.endpoint === 'aws'
    ? connectToAws(connection, requestHandler)
    : connectToSandbox(connection, requestHandler);
}

type HandlerFor = (url: string) => NodeHttpHandler;

function connectToAws({ profile, role }: Connection, requestHandler: HandlerFor): Connected {
  const client: ClientSettings['client'] = (region, service) => ({
    requestHandler: requestHandler(`https://${service}.${region}.amazonaws.com/`),
  });
  const own = defaultProvider({
    ...definedOnly({ profile }),
    clientConfig: client('us-east-1', 'sts') as object,
    logger: silent,
  });
  const credentials = role ? assumedRole(role, createClients({ credentials: own, client }).sts) : own;
  return { ...createClients({ credentials, client }), credentials };
}

/** Where a profile and keys are chosen both, the SDK would write a warning into the screen. docs/credentials.md has it. */
const ignore = () => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function connectToSandbox({ environment }: Connection, requestHandler: HandlerFor): Connected {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const clients = createClients({
    credentials,
    client(region, service) {
      // Said outright, so that an AWS_ENDPOINT_URL or a profile of the user's cannot lead out of the sandbox, and an
      // AWS_USE_FIPS_ENDPOINT, which no given endpoint goes with, cannot stop it.
      const endpoint = `https://${service}.${region}.amazonaws.com/`;
      const plain = { useFipsEndpoint: false, useDualstackEndpoint: false };
      return { endpoint, ...plain, requestHandler: requestHandler(endpoint) };
    },
  });
  return { ...clients, credentials: async () => credentials };
}

/**
 * Connecting may take 10 s and an answer 60 s. A connection that had nothing to do for 5 s is closed: a release of 34
 * regions would keep hundreds of them, and proxies count them. One trust serves them all: its certificates are held once.
 */
function handlerFor(proxy: string, secureContext: SecureContext): NodeHttpHandler {
  const limits = { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true };
  const agent = { keepAlive: true, maxSockets: 50, timeout: 5_000, secureContext };
  const httpsAgent = proxy === '' ? new Agent(agent) : new ProxiedAgent(proxy, agent);
  return new NodeHttpHandler({ ...limits, httpsAgent });
}

/** The SDK does not read HTTPS_PROXY by itself. A sandbox is its own proxy, whatever the user's NO_PROXY says. */
function proxyFor(connection: Connection, url: string): string {
  return connection.endpoint === 'aws' ? getProxyForUrl(url) : (connection.environment.HTTPS_PROXY ?? '');
}
