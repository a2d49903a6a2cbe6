import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultAccount } from '../sandbox/testing/without-vitest.ts';
import { readPublication } from '../src/config/read-publication.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { ReleasePlan } from '../src/model/release-plan.ts';
import { verify } from '../src/observe/verify.ts';
import { makeReleasePlan } from '../src/plan/make-plan.ts';
import { publicationRules } from '../src/plan/publication-rules.ts';
import { checkBeforeBuilding } from '../src/publish/checks.ts';
import { planSummary } from '../src/publish/plan-summary.ts';
import { painter } from '../src/report/color.ts';
import { planTable } from '../src/report/plan-table.ts';
import { allRegions, embeddedAws } from './support/embedded.ts';
import { inSeconds, median, type Row, timed } from './support/measurement.ts';
import { builtWorld } from './support/planned.ts';
import { writePublication } from './support/publication.ts';
import { check, small, tell } from './support/tell.ts';
import { worldWith } from './support/world.ts';

/**
 * All that `gopackgo plan` does for a release of which nothing exists: config read, base images found, AWS looked at and
 * asked what it would refuse, table drawn. The looks are a second apart; here that is counted and not waited for.
 */

const rounds = small ? 1 : 5;
const sizes = small
  ? [
      { regions: allRegions.slice(0, 2), images: 2 },
      { regions: allRegions.slice(0, 2), images: 20 },
    ]
  : [
      { regions: allRegions.slice(0, 8), images: 6 },
      { regions: allRegions, images: 9 },
      { regions: allRegions, images: 90 },
    ];

interface Taken {
  work: number;
  calls: number;
  /** For a look at what is published. */
  statusCalls: number;
}

/** A clock on which waiting takes no time. */
function unhurried(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    async sleep(milliseconds) {
      ahead += milliseconds;
    },
  };
}

async function measure({ regions, images }: (typeof sizes)[number]): Promise<Taken> {
  const folder = mkdtempSync(join(tmpdir(), 'gopackgo-bench-'));
  const embedded = embeddedAws({});
  try {
    writePublication(folder, { regions, images });
    const world = worldWith(embedded.clients(), unhurried());
    const { took, value } = await timed(async () => {
      const publication = readPublication('bench', { cwd: folder, rules: publicationRules });
      const where = { clients: world.clients, account: defaultAccount.id, endpoint: 'sandbox:bench' };
      const plan = await makeReleasePlan(publication, where, undefined, new Date());
      const verdicts = await verify(plan, plan.targets, world, 'one look');
      const chosen = new Set(plan.targets.map(({ name }) => name));
      const { checks } = await checkBeforeBuilding({ plan, verdicts }, chosen, world);
      const text = planTable({ ...planSummary(plan, verdicts), checks }, 100, painter(false));
      return { plan, verdicts, text };
    });
    const targets = regions.length * images;
    check(value.verdicts.length === targets, `${targets} targets are planned`);
    check(
      value.verdicts.every(({ status, target }) => status.is === 'absent' && /^ami-/.test(target.base.id)),
      'each has a base image, and is absent',
    );
    check(value.text.includes('bench@1.0.0'), 'the plan is drawn');
    return { work: took, calls: embedded.aws.calls().length, statusCalls: await lookAt(value.plan) };
  } finally {
    await embedded.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many calls it takes to see where each target of a release stands that was built an hour ago. */
async function lookAt(plan: ReleasePlan): Promise<number> {
  const embedded = embeddedAws({ world: builtWorld(plan) });
  try {
    const verdicts = await verify(plan, plan.targets, worldWith(embedded.clients(), unhurried()), 'one look');
    check(
      verdicts.every(({ status }) => status.is === 'verified'),
      'each target is seen to be verified',
    );
    return embedded.aws.calls().length;
  } finally {
    await embedded.close();
  }
}

const taken = sizes.map((): Taken[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [index, size] of sizes.entries()) taken[index]?.push(await measure(size));
}

const second = 1_000;
const counts = sizes.map(({ regions, images }) => regions.length * images);
const work = (index: number): number[] => taken[index]?.map((one) => one.work) ?? [];
const last = sizes.length - 1;
const times = (counts[last] ?? 0) / (counts[last - 1] ?? 1);
const rows = counts.flatMap((count, index): Row[] => [
  {
    what: `plan of ${count} targets`,
    measured: inSeconds(work(index)),
    comparedWith: 'a second',
    ratios: work(index).map((one) => one / second),
    ...(index === last - 1 && !small ? { aim: { is: 'at most', ratio: 1 } } : {}),
    done: `${count} base images found, every target looked at`,
  },
  {
    what: `  AWS calls for that; for a status of as many that are built`,
    measured: `${taken[index]?.[0]?.calls}; ${taken[index]?.[0]?.statusCalls}`,
  },
]);
rows.push({
  what: `plan of ${times} times as many targets`,
  measured: inSeconds(work(last)),
  comparedWith: `${times} × ${inSeconds(work(last - 1))}`,
  ratios: work(last).map((one) => one / (times * median(work(last - 1)))),
  aim: { is: 'at most', ratio: 1.2 },
  done: `${counts[last]} targets planned`,
});
tell(rows);
