import { setTimeout as sleep } from 'node:timers/promises';
import { ModifyImageAttributeCommand, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import type { Context } from '../src/aws/context.ts';
import { isComplete, type Verdict, verify } from '../src/observe/verify.ts';
import { share } from '../src/share/share.ts';
import { allRegions, embeddedAws } from './support/embedded.ts';
import { inSeconds, timed } from './support/measurement.ts';
import { builtWorld, planOf } from './support/planned.ts';
import { check, small, tell } from './support/tell.ts';
import { worldWith } from './support/world.ts';

/** Making AMIs and their snapshots public, each call 50 ms away, beside a loop that makes one call after the other. */

const rounds = small ? 1 : 3;
const away = small ? 1 : 50;
const plan = small ? planOf(allRegions.slice(0, 3), 2) : planOf(allRegions, 9);

type Way = (verdicts: readonly Verdict[], world: Context) => Promise<void>;

const ours: Way = async (verdicts, world) => {
  const failures = await share(plan, verdicts, world);
  check(failures.length === 0, `${failures.length} permissions could not be changed`);
};

const oneAfterTheOther: Way = async (verdicts, { clients }) => {
  const amis = verdicts.flatMap(({ sighting: { images } }) => (images.ok ? images.value : []));
  for (const { ami } of amis) {
    for (const SnapshotId of ami.snapshots) {
      const CreateVolumePermission = { Add: [{ Group: 'all' as const }] };
      const change = { SnapshotId, Attribute: 'createVolumePermission' as const, CreateVolumePermission };
      await clients.ec2(ami.region).send(new ModifySnapshotAttributeCommand(change));
    }
  }
  for (const { ami } of amis) {
    const LaunchPermission = { Add: [{ Group: 'all' as const }] };
    const change = { ImageId: ami.id, LaunchPermission };
    await clients.ec2(ami.region).send(new ModifyImageAttributeCommand(change));
  }
};

/** Milliseconds. All regions' clients are made, and have called once, before the clock runs. */
async function measure(way: Way): Promise<number> {
  const embedded = embeddedAws({ world: builtWorld(plan) });
  try {
    const near = worldWith(embedded.clients());
    let distance = 0;
    const handle: typeof embedded.aws.handle = async (request) => {
      if (distance > 0) await sleep(distance);
      return embedded.aws.handle(request);
    };
    const world = worldWith(embedded.clients({ handle }));
    const before = await verify(plan, plan.targets, world, 'one look');
    check(
      before.every(({ status }) => status.is === 'verified'),
      'every AMI is verified before',
    );
    distance = away;
    const { took } = await timed(() => way(before, world));
    const after = await verify(plan, plan.targets, near, 'one look');
    check(
      after.length === plan.targets.length && after.every((verdict) => isComplete(verdict, plan)),
      'every AMI and snapshot is public after',
    );
    return took;
  } finally {
    await embedded.close();
  }
}

const loop: number[] = [];
const shared: number[] = [];
for (let round = 0; round < rounds; round++) {
  loop.push(await measure(oneAfterTheOther));
  shared.push(await measure(ours));
}
const amis = plan.targets.length;
tell([
  {
    what: `sharing ${amis} AMIs with their snapshots, ${away} ms a call`,
    measured: inSeconds(shared),
    comparedWith: `one call after the other: ${inSeconds(loop)}`,
    ratios: loop.map((took, round) => took / (shared[round] ?? Number.NaN)),
    aim: { is: 'at least', ratio: 30 },
    done: `${amis} AMIs public in each round`,
  },
]);
