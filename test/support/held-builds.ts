import { CreateImageCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { World as Sandbox } from '../../sandbox/testing/index.ts';
import type { BuildEnd, BuildFailure, Builds } from '../../src/model/builds.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { baseImage, plan, target } from './embedded.ts';

/** Builds that run until the test says how they end: a stand-in for Packer. */
export interface HeldBuilds extends Builds {
  /** Names of targets, in the order in which their builds were started. */
  started: string[];
  /** Names of targets whose builds run now. */
  running(): string[];
  /** The maximum that ran at once, in total and in any one region. */
  most: { overall: number; inOneRegion: number };
  /** It makes its AMI, with its tags, and succeeds. */
  succeed(name: string): Promise<void>;
  fail(name: string, kind: BuildFailure['kind']): void;
  /** AWS throttles it before it launches anything. */
  throttle(name: string): void;
}

export function heldBuilds(
  sandbox: Sandbox,
  make: (target: Target) => Promise<unknown> = (one) => makeAmi(sandbox, one),
  took: ReadonlyMap<string, number> = new Map(),
): HeldBuilds {
  const open = new Map<string, { target: Target; end(how: BuildEnd): void }>();
  const most = { overall: 0, inOneRegion: 0 };
  const started: string[] = [];
  const closing = (name: string) => {
    const build = open.get(name);
    if (!build) throw new Error(`no build of ${name} runs`);
    open.delete(name);
    return build;
  };
  const told = { seconds: 1, excerpt: { lines: [], log: 'log:1' } };
  return {
    started,
    most,
    running: () => [...open.keys()],
    known: async () => [],
    took: async () => took,
    alive: async () => 'dead',
    stop: () => undefined,
    kill: () => undefined,
    async start(one) {
      started.push(one.name);
      const ended = new Promise<BuildEnd>((end) => open.set(one.name, { target: one, end }));
      const here = [...open.values()].filter(({ target: { region } }) => region === one.region);
      most.overall = Math.max(most.overall, open.size);
      most.inOneRegion = Math.max(most.inOneRegion, here.length);
      return {
        id: 'abc',
        pid: 4711,
        log: 'log',
        ended,
        stop: () => closing(one.name).end({ exit: 1, failure: { kind: 'stopped', message: '' }, ...told }),
        doing: () => ended.then(() => undefined),
        ami: async () => undefined,
      };
    },
    async succeed(name) {
      const build = closing(name);
      await make(build.target);
      build.end({ exit: 0, ...told });
    },
    fail: (name, kind) =>
      closing(name).end({ exit: 1, failure: { kind, message: `it is ${kind}` }, ...told }),
    throttle: (name) =>
      closing(name).end({
        exit: 1,
        failure: { kind: 'transient', message: 'it is throttled' },
        throttledAtStart: true,
        ...told,
      }),
  };
}

/** An AMI of a target as a build leaves it: with its tags, nothing else left behind. */
export async function makeAmi(
  sandbox: Sandbox,
  one: Target,
  tags: Record<string, string> = {},
): Promise<string> {
  const ec2 = sandbox.ec2({ region: one.region });
  const launched = await ec2.send(
    new RunInstancesCommand({
      ImageId: baseImage(one.region),
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      ...(one.encryption
        ? { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: encrypted(one.encryption) }] }
        : {}),
    }),
  );
  const instance = launched.Instances?.[0]?.InstanceId ?? '';
  const Tags = Object.entries({ ...ownTags(plan, one), ...tags }).map(([Key, Value]) => ({ Key, Value }));
  const { ImageId = '' } = await ec2.send(
    new CreateImageCommand({
      InstanceId: instance,
      Name: one.amiName,
      TagSpecifications: [
        { ResourceType: 'image', Tags },
        { ResourceType: 'snapshot', Tags },
      ],
    }),
  );
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  return ImageId;
}

const encrypted = ({ kmsKey }: NonNullable<Target['encryption']>) => ({
  Encrypted: true,
  ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
});

/** Targets of these images in these regions, in the order of a plan. */
export const targetsOf = (regions: readonly string[], images: readonly string[]): Target[] =>
  regions.flatMap((region) =>
    images.map((image) => ({
      ...target,
      name: `${region}-${image}`,
      region,
      image,
      amiName: `web 1.0.0 ${image}`,
    })),
  );
