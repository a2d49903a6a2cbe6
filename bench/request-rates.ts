import { createPace } from '../src/aws/pace.ts';
import { isComplete, verify } from '../src/observe/verify.ts';
import { share } from '../src/share/share.ts';
import { virtualTime } from '../test/aws/virtual-time.ts';
import { embeddedAws } from './support/embedded.ts';
import { inSeconds } from './support/measurement.ts';
import { builtWorld, planOf } from './support/planned.ts';
import { check, small, tell } from './support/tell.ts';
import { worldWith } from './support/world.ts';

/**
 * Making public what lies in one region, while the embedded AWS enforces EC2's request rates, beside what these rates
 * allow at best. Time is simulated: it goes on only while everybody waits, for AWS and for us alike, and a call takes
 * none. What is measured is how well the rates are used.
 */

/** "Request throttling for the Amazon EC2 API": the same for ModifySnapshotAttribute and ModifyImageAttribute. */
const rate = { atOnce: 100, perSecond: 5 };
const plan = planOf(['us-east-1'], small ? 110 : 304);

const time = virtualTime();
const embedded = embeddedAws({
  world: builtWorld(plan, time.now()),
  behaviour: { requestRates: 'enforced' },
  now: () => new Date(time.now()),
});
try {
  const clock = { now: time.now, sleep: (milliseconds: number) => time.sleep(milliseconds) };
  const world = worldWith(embedded.clients({ pace: createPace(time) }), clock);
  let took = 0;
  await time.run([
    async () => {
      const before = await verify(plan, plan.targets, world, 'one look');
      check(
        before.every(({ status }) => status.is === 'verified'),
        'every AMI is verified before',
      );
      const began = time.now();
      const failures = await share(plan, before, world);
      took = time.now() - began;
      check(failures.length === 0, 'nothing fails');
      const after = await verify(plan, plan.targets, world, 'one look');
      check(
        after.every((verdict) => isComplete(verdict, plan)),
        'every AMI and snapshot is public after',
      );
    },
  ]);
  const calls = embedded.aws.calls();
  const throttled = calls.filter(({ error }) => error?.startsWith('RequestLimitExceeded')).length;
  const amis = plan.targets.length;
  const phase = (Math.max(0, amis - rate.atOnce) / rate.perSecond) * 1_000;
  tell([
    {
      what: `sharing ${amis} AMIs in one region under EC2's rates (simulated time)`,
      measured: inSeconds([took]),
      comparedWith: `the rates' bound, snapshots and then AMIs: ${inSeconds([2 * phase])}`,
      ratios: [took / (2 * phase)],
      aim: { is: 'at most', ratio: 1.05 },
      done: `${amis} AMIs public`,
    },
    { what: '  calls that EC2 refused for their rate, of all', measured: `${throttled} of ${calls.length}` },
  ]);
} finally {
  await embedded.close();
}
