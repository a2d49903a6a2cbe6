import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateImageCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { canonicalIn } from '../sandbox/testing/without-vitest.ts';
import type { Clients } from '../src/aws/connection.ts';
import type { Context } from '../src/aws/context.ts';
import { createPace } from '../src/aws/pace.ts';
import { ensureBuilt } from '../src/build/build.ts';
import type { Builds } from '../src/model/builds.ts';
import type { ReleasePlan, Target } from '../src/model/release-plan.ts';
import { ownTags } from '../src/model/resource-names.ts';
import { allRegions, embeddedAws } from './support/embedded.ts';
import { inSeconds } from './support/measurement.ts';
import { planOf } from './support/planned.ts';
import { simulatedTime } from './support/simulated-time.ts';
import { check, small, tell } from './support/tell.ts';
import { worldWith } from './support/world.ts';

/**
 * Building 8 images in one region and copying them to all others, while the embedded AWS enforces EC2's request rates and its quota of
 * snapshot copies, and takes the times that it takes for real. Time is simulated: it goes on only while all there is to do is to wait,
 * and a call takes none. What is measured is how well the quota is used, and how soon what AWS has done is noticed.
 */

const regions = allRegions.slice(0, small ? 3 : allRegions.length);
const [home = ''] = regions;
const images = 8;
const start = Date.parse('2026-11-21T12:00:00Z');

/** Seconds. Of the sandbox at its real speed: an image, a copy. */
const takes = { build: 600, image: 70, copy: 180 };
/** EC2 counts snapshots: an AMI of three volumes has three. */
const snapshots = 3;
const quota = 20;
/** CopyImage: calls at once in a region, and more each second ("Request throttling for the Amazon EC2 API"). */
const rate = { atOnce: 100, perSecond: 1 };

const asked = planOf(regions, images);
const plan: ReleasePlan = {
  ...asked,
  targets: asked.targets.map((target): Target => {
    if (target.region === home) return target;
    return { ...target, recipe: 'sha256:copy', copy: { from: `${home}-${target.image}`, region: home } };
  }),
};

/** Seconds, in a region: what has to be built first, and then the copies in as few rounds as the quota allows. */
const rounds = Math.ceil(images / Math.floor(quota / snapshots));
const calling = Math.max(0, images - rate.atOnce) / rate.perSecond;
const bound = takes.build + takes.image + calling + rounds * takes.copy;

/** An AMI with several volumes, tagged as Packer tags it, and available when Packer ends. */
async function make(target: Target, { ec2 }: Clients, clock: Context['clock']): Promise<void> {
  const client = ec2(target.region);
  const base = canonicalIn(target.region).find(({ image }) => image.name.includes('22.04-amd64'));
  // RunInstances: five at once, and two more each second.
  const turn = Number(target.image.slice(1)) * 500;
  await clock.sleep(turn);
  const { Instances: [instance] = [] } = await client.send(
    new RunInstancesCommand({
      ImageId: base?.image.id,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      BlockDeviceMappings: ['/dev/sdf', '/dev/sdg'].map((DeviceName) => ({
        DeviceName,
        Ebs: { VolumeSize: 8 },
      })),
    }),
  );
  const InstanceId = instance?.InstanceId ?? '';
  await clock.sleep(takes.build * 1_000 - turn);
  const Tags = Object.entries(ownTags(plan, target)).map(([Key, Value]) => ({ Key, Value }));
  const TagSpecifications = (['image', 'snapshot'] as const).map((ResourceType) => ({ ResourceType, Tags }));
  await client.send(new CreateImageCommand({ InstanceId, Name: target.amiName, TagSpecifications }));
  await clock.sleep(takes.image * 1_000);
  await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
}

const time = simulatedTime(start);
const embedded = embeddedAws({
  behaviour: { requestRates: 'enforced', speed: { image: takes.image, copy: takes.copy } },
  now: () => new Date(time.now()),
});
try {
  const clock = { now: time.now, sleep: (milliseconds: number) => time.sleep(milliseconds) };
  const clients = embedded.clients({
    pace: createPace(time),
    handle: (request) => time.during(() => embedded.aws.handle(request)),
  });
  const world = worldWith(clients, clock);
  const builds: Builds = {
    ...world.builds,
    async start(target) {
      const ended = make(target, clients, clock).then(() => ({
        exit: 0,
        seconds: takes.build,
        excerpt: { lines: [] },
      }));
      const nothing = async () => undefined;
      return {
        id: 'a',
        pid: 1,
        log: 'log',
        ended,
        stop: () => undefined,
        doing: () => ended.then(nothing),
        ami: nothing,
      };
    },
  };
  const limits = { parallel: images, parallelPerRegion: images, attempts: 1 };
  const outcomes = await time.run(() =>
    ensureBuilt(plan, plan.targets, limits, { ...world, builds }, { verdicts: [], at: 0 }),
  );
  const took = time.now() - start;
  const wrong = outcomes.find(({ status }) => status.is !== 'built');
  check(
    wrong === undefined,
    `${wrong?.target.name} is ${JSON.stringify(wrong?.status)} ${wrong?.failure?.message}`,
  );
  const calls: { operation: string; error?: string }[] = readFileSync(
    join(embedded.folder, 'calls.ndjson'),
    'utf8',
  )
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const copies = calls.filter(({ operation }) => operation === 'CopyImage');
  const refused = copies.filter(({ error }) => error !== undefined);
  check(copies.length - refused.length === plan.targets.length - images, 'each copy was made once');
  tell([
    {
      what: `building ${images} images of ${snapshots} volumes and copying them to ${regions.length - 1} regions (simulated time)`,
      measured: inSeconds([took]),
      comparedWith: `a build, its AMI, and ${rounds} rounds of copies: ${inSeconds([bound * 1_000])}`,
      ratios: [took / (bound * 1_000)],
      aim: { is: 'at most', ratio: 1.1 },
      done: `${outcomes.length} AMIs, ${copies.length - refused.length} of them copied`,
    },
    { what: '  copies that EC2 refused, of all', measured: `${refused.length} of ${copies.length}` },
    { what: '  calls of AWS', measured: `${calls.length}` },
  ]);
} finally {
  await embedded.close();
}
