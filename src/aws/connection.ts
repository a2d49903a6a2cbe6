import { createSecureContext, type SecureContext } from 'node:tls';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { getProxyForUrl } from 'proxy-from-env';
import { definedOnly } from '../lib/defined-only.ts';
import { readBounded } from '../lib/read-bounded.ts';
import { limitInFlight } from './calls-in-flight.ts';
import { type ChangeGuard, type Check, createChangeGuard, guardChanges } from './change-guard.ts';
import { assumedRole, type CredentialSource, type Role } from './credentials.ts';
import { DirectAgent } from './direct-agent.ts';
import { LimitedHttpHandler } from './limited-handler.ts';
import { createPace, keepPace, type Pace } from './pace.ts';
import { ProxiedAgent } from './proxied-agent.ts';
import { createRepeater, defaultRepeatLimit, type Repeater, repeatCalls } from './repeat-calls.ts';

/** How to reach AWS: the real one, or a sandbox through the environment that it provides. */
export interface Connection {
  /** `aws`, or `sandbox:<id>`: a plan is refused at any other endpoint. */
  endpoint: string;
  /** Proxy, certificate authority, profile and region are read from it, as by the AWS CLI. */
  environment: NodeJS.ProcessEnv;
  /** Named profile of the user's AWS configuration. */
  profile?: string;
  /** Role to assume with the credentials found. */
  role?: Role;
  /** How long calls that fail for a transient reason are repeated, in milliseconds; five minutes if absent. */
  repeatLimit?: number;
}

/** SDK clients, one per service and region, made on first use. */
export interface Clients {
  ec2(region: string): EC2Client;
  ssm(region: string): SSMClient;
  sts(region: string): STSClient;
  /** Loaded on first use: few runs need S3. */
  s3(region: string): Promise<S3Client>;
  /** Loaded on first use: only needed if AMIs are made public. */
  quotas(region: string): Promise<ServiceQuotasClient>;
  /** Loaded on first use: only `cleanup` needs it. */
  autoScaling(region: string): Promise<AutoScalingClient>;
  /** Loaded on first use: only configs that name an instance profile need it. */
  iam(region: string): Promise<IAMClient>;
  /** Loaded on first use: only encryption with a key needs it. */
  kms(region: string): Promise<KMSClient>;
  /** Loaded on first use: only configs that notify a topic need it. */
  sns(region: string): Promise<SNSClient>;
}

/** Settings of every client. Tests pass a request handler that has no socket. */
export interface ClientSettings {
  credentials: EC2ClientConfig['credentials'];
  /** Settings of one client: its request handler, and its endpoint if the user's environment must not choose it. */
  client(
    region: string,
    service: string,
  ): Pick<EC2ClientConfig, 'requestHandler' | 'endpoint' | 'useFipsEndpoint' | 'useDualstackEndpoint'>;
  /** Asked before each call that changes something. */
  guard?: Pick<ChangeGuard, 'check'>;
  /** Client-side pacing to EC2's request limits; in real time if absent. */
  pace?: Pace;
  /** Repeats calls that fail for a transient reason; if absent, only the SDK retries. */
  repeater?: Repeater;
}

/**
 * Ten attempts with the SDK's standard back-off: a run makes hundreds of calls in a region, and three attempts are too few to
 * get past throttling. Every call that gopackgo makes is safe to repeat. `pace` limits the rate; retries are for other callers
 * that use the account's limits, and for network errors. Calls that still fail are repeated for minutes (`repeat-calls.ts`).
 */
export const retries = { maxAttempts: 10, retryMode: 'standard' } as const;

/** Clients, with the credentials that they use. */
export interface Connected extends Clients {
  credentials: CredentialSource;
  /** Reports calls that fail and are repeated. */
  repeater: Repeater;
  /** From now on, each call that changes something waits for this check, and is not made if it rejects. */
  beforeChanges(check: Check): void;
}

export function createClients(settings: ClientSettings): Clients {
  const { pace = createPace(), repeater, guard } = settings;
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
  const prepared = <C>(client: C, service: string, region: string): C => {
    const limited = limitInFlight(guardChanges(client, guard));
    return repeater ? repeatCalls(limited, service, region, repeater) : limited;
  };
  return {
    ec2: (region) =>
      once('ec2', region, (config) => prepared(keepPace(new EC2Client(config), region, pace), 'ec2', region)),
    ssm: (region) =>
      once('ssm', region, (config) => prepared(new SSMClient(config as object), 'ssm', region)),
    // This is the first call of a run: nothing is lost if it is not repeated.
    sts: (region) => once('sts', region, (config) => new STSClient(config as object)),
    s3: (region) =>
      once('s3', region, async (config) => {
        const { S3Client } = await import('@aws-sdk/client-s3');
        return prepared(new S3Client(config as object), 's3', region);
      }),
    quotas: (region) =>
      once('servicequotas', region, async (config) => {
        const { ServiceQuotasClient } = await import('@aws-sdk/client-service-quotas');
        return prepared(new ServiceQuotasClient(config as object), 'servicequotas', region);
      }),
    autoScaling: (region) =>
      once('autoscaling', region, async (config) => {
        const { AutoScalingClient } = await import('@aws-sdk/client-auto-scaling');
        return prepared(new AutoScalingClient(config as object), 'autoscaling', region);
      }),
    iam: (region) =>
      once('iam', region, async (config) => {
        const { IAMClient } = await import('@aws-sdk/client-iam');
        return prepared(new IAMClient(config as object), 'iam', region);
      }),
    kms: (region) =>
      once('kms', region, async (config) => {
        const { KMSClient } = await import('@aws-sdk/client-kms');
        return prepared(new KMSClient(config as object), 'kms', region);
      }),
    // The next run sends a message that was not sent, so nobody waits minutes for it.
    sns: (region) =>
      once('sns', region, async (config) => {
        const { SNSClient } = await import('@aws-sdk/client-sns');
        return limitInFlight(guardChanges(new SNSClient(config as object), guard));
      }),
  };
}

/** Clients for a connection. Nothing is called yet, so only an unreadable CA bundle can fail. */
export function connect(connection: Connection): Connected {
  const { environment } = connection;
  const bundle = environment.AWS_CA_BUNDLE;
  const trust = createSecureContext(bundle ? { ca: readBounded(bundle) } : {});
  const requestHandler = (url: string) => handlerFor(connection, url, trust);
  return connection.endpoint === 'aws'
    ? connectToAws(connection, requestHandler)
    : connectToSandbox(connection, requestHandler);
}

type HandlerFor = (url: string) => LimitedHttpHandler;

const repeaterOf = ({ repeatLimit = defaultRepeatLimit }: Connection) => createRepeater(repeatLimit);

function connectToAws(connection: Connection, requestHandler: HandlerFor): Connected {
  const { profile, role } = connection;
  const client: ClientSettings['client'] = (region, service) => ({
    requestHandler: requestHandler(`https://${service}.${region}.amazonaws.com/`),
  });
  const own = defaultProvider({
    ...definedOnly({ profile }),
    clientConfig: client('us-east-1', 'sts') as object,
    logger: silent,
  });
  const credentials = role ? assumedRole(role, createClients({ credentials: own, client }).sts) : own;
  const repeater = repeaterOf(connection);
  const guard = createChangeGuard();
  const clients = createClients({ credentials, client, repeater, guard });
  return { ...clients, credentials, repeater, beforeChanges: guard.set };
}

/** With both a profile and keys set, the SDK would print a warning over the screen. docs/credentials.md covers it. */
const ignore = () => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function connectToSandbox(connection: Connection, requestHandler: HandlerFor): Connected {
  const { environment } = connection;
  const repeater = repeaterOf(connection);
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const guard = createChangeGuard();
  const clients = createClients({
    credentials,
    repeater,
    guard,
    client(region, service) {
      // Explicit, so that the user's AWS_ENDPOINT_URL or profile cannot lead out of the sandbox, and AWS_USE_FIPS_ENDPOINT,
      // which does not work with an explicit endpoint, cannot break it.
      const endpoint =
        service === 'iam' ? 'https://iam.amazonaws.com/' : `https://${service}.${region}.amazonaws.com/`;
      const plain = { useFipsEndpoint: false, useDualstackEndpoint: false };
      return { endpoint, ...plain, requestHandler: requestHandler(endpoint) };
    },
  });
  return { ...clients, credentials: async () => credentials, repeater, beforeChanges: guard.set };
}

/**
 * Idle connections are closed after 5 s: a release in 34 regions would keep hundreds of them, and proxies limit their number. All
 * share one set of CA certificates in memory.
 */
function handlerFor(connection: Connection, url: string, secureContext: SecureContext): LimitedHttpHandler {
  const agent = { keepAlive: true, maxSockets: 50, timeout: 5_000, secureContext };
  const proxy = proxyFor(connection, url);
  const ended = connection.endpoint === 'aws' ? {} : { nobodyListens: sandboxEnded };
  const httpsAgent = proxy === '' ? new DirectAgent(agent) : new ProxiedAgent(proxy, { ...agent, ...ended });
  return new LimitedHttpHandler({ httpsAgent });
}

/** Repeating a call for minutes would not bring back a sandbox that ended with the command that had started it. */
const sandboxEnded = (): Error =>
  Object.assign(new Error('the sandbox has ended; the command that started it is done, or was stopped'), {
    name: 'SandboxEnded',
  });

/** The SDK does not read HTTPS_PROXY by itself. A sandbox is its own proxy, whatever the user's NO_PROXY says. */
function proxyFor(connection: Connection, url: string): string {
  return connection.endpoint === 'aws' ? getProxyForUrl(url) : (connection.environment.HTTPS_PROXY ?? '');
}
