import {
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import {
  canonicalIn,
  createRequestHandler,
  defaultAccount,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import { type Clients, createClients, retries } from '../../src/aws/connection.ts';
import { type Context, unknownLag } from '../../src/aws/context.ts';
import type { Pace } from '../../src/aws/pace.ts';
import type { Repeater } from '../../src/aws/repeat-calls.ts';
import { advisedCommand } from '../../src/commands/advised-command.ts';
import type { KnownAttempt } from '../../src/model/builds.ts';
import type { EventBody } from '../../src/model/events.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { ownTags, tagKeys } from '../../src/model/resource-names.ts';

export const region = 'us-east-1';
export const host = 'this-machine';

export interface Calls {
  /** Changes the answers of the embedded AWS. */
  handle?: Sandbox['aws']['handle'];
  /** Part of the User-Agent. */
  agent?: string;
  /** Their account; the sandbox's default account if absent. */
  account?: typeof defaultAccount;
  /** Repeats calls that fail for transient reasons; if absent, they are not repeated. */
  repeater?: Repeater;
}

/** Our own clients, on the embedded AWS without a socket. They try as often as usual, without sleeping in between. */
export function clientsOf(
  sandbox: Sandbox,
  pace?: Pace,
  { handle, agent, repeater, account = defaultAccount }: Calls = {},
): Clients {
  const requestHandler = createRequestHandler(handle ? { handle } : sandbox.aws);
  const client = () => ({
    requestHandler,
    retryStrategy: new ConfiguredRetryStrategy(retries.maxAttempts, () => 0),
    ...(agent === undefined ? {} : { customUserAgent: agent }),
  });
  return createClients({
    credentials: account,
    client,
    ...(pace ? { pace } : {}),
    ...(repeater ? { repeater } : {}),
  });
}

export const target: Target = {
  name: 'us-east-1-2204-hvm',
  region,
  image: '2204-hvm',
  required: true,
  amiName: 'web 1.0.0 2204-hvm',
  base: { id: 'ami-0', name: 'ubuntu-22.04', owner: '099720109477', asked: '/p', via: 'ssm' },
  recipe: 'sha256:abc',
  expect: { architecture: 'x86_64', virtualization: 'hvm', rootDevice: 'ebs' },
  packer: { builder: 'amazon-ebs', options: {}, provisioners: [] },
};

export const plan: ReleasePlan = {
  format: 2,
  release: 'web@1.0.0',
  publication: 'web',
  version: '1.0.0',
  account: defaultAccount.id,
  endpoint: 'sandbox:test',
  createdAt: '2026-11-21T12:00:00.000Z',
  targets: [target],
  sharing: { public: false, accounts: [], organizations: [], snapshots: true },
};

export interface Told extends Context {
  events: EventBody[];
  /** How often it slept. */
  sleeps: () => number;
}

/** A world in which, by default, nothing takes time and no process runs. */
export function worldOn(
  sandbox: Sandbox,
  more: { clients?: Clients; known?: KnownAttempt[]; alive?: number[] } = {},
): Told {
  const events: EventBody[] = [];
  let now = Date.now();
  let sleeps = 0;
  return {
    clients: more.clients ?? clientsOf(sandbox),
    host,
    lag: unknownLag,
    clock: {
      now: () => now,
      async sleep(milliseconds) {
        sleeps++;
        now += milliseconds;
      },
    },
    builds: {
      known: async (targets) => (more.known ?? []).filter(({ target }) => targets.includes(target)),
      took: async () => new Map(),
      alive: async (pid) => (more.alive?.includes(pid) ? 'running' : 'dead'),
      start: async () => {
        throw new Error('no build is expected here');
      },
      stop: () => undefined,
      kill: () => undefined,
    },
    command: advisedCommand({ sandbox: true }),
    placeOf: (_, option) => ['configs/web.json: images[0].builder', ...option].join('.'),
    emit: (event) => void events.push(event),
    stop: new AbortController().signal,
    events,
    sleeps: () => sleeps,
  };
}

export interface Left {
  instance: string;
  group: string;
}

/** The resources of a build when its Packer dies: instance with its tags, key pair, security group. */
export async function startBuild(sandbox: Sandbox, tags: Record<string, string> = {}): Promise<Left> {
  const ec2 = sandbox.ec2();
  const base = baseImage(region);
  const KeyName = `gopackgo-${tags[tagKeys.release] ?? plan.release}-${target.name}`;
  await ec2.send(new CreateKeyPairCommand({ KeyName }));
  const { GroupId: group = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'packer_0001', Description: 'Temporary group for Packer' }),
  );
  const all = { ...ownTags(plan, target), [tagKeys.host]: host, [tagKeys.attempt]: 'abc.4711', ...tags };
  const launched = await ec2.send(
    new RunInstancesCommand({
      ImageId: base,
      KeyName,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      SecurityGroupIds: [group],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) },
      ],
    }),
  );
  return { instance: launched.Instances?.[0]?.InstanceId ?? '', group };
}

export async function makeImage(sandbox: Sandbox, instance: string, name = target.amiName): Promise<string> {
  const { ImageId = '' } = await sandbox
    .ec2()
    .send(new CreateImageCommand({ InstanceId: instance, Name: name }));
  return ImageId;
}

export async function terminate(sandbox: Sandbox, instance: string): Promise<void> {
  await sandbox.ec2().send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
}

/** Ubuntu 22.04 in a region. */
export function baseImage(inRegion: string): string {
  const found = canonicalIn(inRegion).find(({ image }) => image.name.includes('22.04-amd64'));
  if (!found) throw new Error(`${inRegion}: no base image`);
  return found.image.id;
}
