import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPace } from '../src/aws/pace.ts';
import { cleanUp } from '../test/cleanup/at-size/clean-up.ts';
import { type Described, describeAmis } from '../test/cleanup/at-size/described.ts';
import { everything, expectedPlan, goingBy } from '../test/cleanup/at-size/expected-plan.ts';
import { expectedState } from '../test/cleanup/at-size/expected-state.ts';
import { seededWorld, traitNamed } from '../test/cleanup/at-size/seeded.ts';
import { differences, storedState } from '../test/cleanup/at-size/stored-state.ts';
import { embeddedAws } from './support/embedded.ts';
import { inSeconds } from './support/measurement.ts';
import { simulatedTime } from './support/simulated-time.ts';
import { check, small, tell } from './support/tell.ts';
import { worldWith } from './support/world.ts';

/**
 * Cleaning up 2,000 AMIs in eight regions, all but the newest three of a family and what has to stay, while the embedded
 * AWS enforces EC2's request rates, beside what these rates allow at best. Time is simulated: it goes on only while all
 * there is to do is to wait, and a call takes none. What is measured is how well the rates are used.
 */

interface Bucket {
  capacity: number;
  /** Each second. */
  refill: number;
}

/** "Request throttling for the Amazon EC2 API": a bucket for each action in each region. */
const rates = {
  CreateTags: { capacity: 100, refill: 10 },
  DeleteSnapshot: { capacity: 100, refill: 5 },
  DeregisterImage: { capacity: 100, refill: 5 },
  DescribeImageAttribute: { capacity: 100, refill: 20 },
  DescribeSnapshotAttribute: { capacity: 100, refill: 20 },
} satisfies Record<string, Bucket>;

interface Step {
  action: keyof typeof rates;
  calls: number;
}

/** Milliseconds that calls of one action take from a full bucket. */
const least = ({ action, calls }: Step): number => {
  const { capacity, refill } = rates[action];
  return (Math.max(0, calls - capacity) / refill) * 1_000;
};

const slowest = (steps: Step[]): Step =>
  steps.reduce((one, other) => (least(other) > least(one) ? other : one));

/**
 * What one region takes at best. Nothing may go before everything was looked at: so the slowest action of looking and the
 * slowest one of removing come one after the other. Each AMI's permission and each snapshot's takes a call of its own to
 * be read, each AMI and each snapshot one to be removed, and the snapshots of each AMI one to be tagged.
 */
function boundOf(amis: readonly Described[], going: ReadonlySet<string>): { looking: Step; removing: Step } {
  const ours = amis.filter(({ is, account }) => is && account === undefined);
  const gone = ours.filter(({ id }) => going.has(id));
  const staying = new Set(amis.filter(({ id }) => !going.has(id)).flatMap(({ snapshots }) => snapshots));
  const deleted = new Set(gone.flatMap(({ snapshots }) => snapshots).filter((id) => !staying.has(id)));
  return {
    looking: slowest([
      { action: 'DescribeImageAttribute', calls: ours.length },
      {
        action: 'DescribeSnapshotAttribute',
        calls: new Set(ours.flatMap(({ snapshots }) => snapshots)).size,
      },
    ]),
    removing: slowest([
      { action: 'CreateTags', calls: gone.filter(({ snapshots }) => snapshots.length > 0).length },
      { action: 'DeregisterImage', calls: gone.length },
      { action: 'DeleteSnapshot', calls: deleted.size },
    ]),
  };
}

const total = ({ looking, removing }: ReturnType<typeof boundOf>): number => least(looking) + least(removing);

const inWords = (step: Step): string => {
  const { capacity, refill } = rates[step.action];
  return `${step.action} (${step.calls} - ${capacity}) / ${refill} = ${inSeconds([least(step)])}`;
};

const start = Date.parse('2026-11-21T12:00:00Z');
const all = describeAmis();
const amis = small ? all.filter(({ region }) => region === all[0]?.region) : all;
const going = goingBy(expectedPlan(amis, everything));
const recorded = new Set(
  amis
    .filter(({ traits }) => traits.some((name) => traitNamed(name).keeps === 'recorded'))
    .map(({ id }) => id),
);
const [bound] = [...Map.groupBy(amis, ({ region }) => region).values()]
  .map((some) => boundOf(some, going))
  .toSorted((one, other) => total(other) - total(one));
if (!bound) throw new Error('there are no AMIs');

const time = simulatedTime(start);
const embedded = embeddedAws({
  world: seededWorld(amis, start),
  behaviour: { requestRates: 'enforced' },
  now: () => new Date(time.now()),
});
try {
  const clock = { now: time.now, sleep: (milliseconds: number) => time.sleep(milliseconds) };
  const clients = embedded.clients({
    pace: createPace(time),
    handle: (request) => time.during(() => embedded.aws.handle(request)),
  });
  const before = storedState(embedded.folder);
  const { plan, result } = await time.run(() =>
    cleanUp({ asked: everything, recorded, now: start, apply: true }, worldWith(clients, clock)),
  );
  const took = time.now() - start;
  check(plan.unseen.length === 0, 'every region was seen');
  check(
    result.removed.amis === going.size,
    `expected ${going.size} AMIs to go, found ${result.removed.amis}`,
  );
  const wrong = differences(storedState(embedded.folder), expectedState(before, amis, going));
  check(wrong.length === 0, `what is left is what should be: ${wrong[0]}`);
  const calls: { error?: string }[] = readFileSync(join(embedded.folder, 'calls.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const throttled = calls.filter(({ error }) => error?.startsWith('RequestLimitExceeded')).length;
  const { snapshots, bundles } = result.removed;
  tell([
    {
      what: `cleaning up ${amis.length} AMIs under EC2's rates (simulated time)`,
      measured: inSeconds([took]),
      comparedWith: `the rates' bound, looking and then removing: ${inSeconds([total(bound)])}`,
      ratios: [took / total(bound)],
      aim: { is: 'at most', ratio: 1.1 },
      done: `${going.size} AMIs, ${snapshots} snapshots, ${bundles} bundles removed, all else as it was`,
    },
    { what: '  the bound, in each region: looking', measured: inWords(bound.looking) },
    { what: '  the bound, in each region: removing', measured: inWords(bound.removing) },
    { what: '  calls that EC2 refused for their rate, of all', measured: `${throttled} of ${calls.length}` },
  ]);
} finally {
  await embedded.close();
}
