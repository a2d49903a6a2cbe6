import type { World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Context } from '../../src/aws/context.ts';
import { createPace } from '../../src/aws/pace.ts';
import { createRepeater } from '../../src/aws/repeat-calls.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import { definedOnly } from '../../src/lib/defined-only.ts';
import type { BuildEnd, BuildFailure, Builds } from '../../src/model/builds.ts';
import type { EventBody, Result } from '../../src/model/events.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { type PublishOptions, publish } from '../../src/publish/publish.ts';
import { clientsOf, worldOn } from './embedded.ts';
import { makeAmi } from './held-builds.ts';

/** How a build ends: `made` makes its AMI. */
export type End = 'made' | BuildFailure['kind'];

export interface Staged {
  /** How a target's nth build of this run ends; `made` by default. */
  ends?(target: Target, attempt: number): End;
  /** How long it takes, in turns of the event loop. */
  takes?(target: Target, attempt: number): number;
  /** Names of the selected targets; all by default. */
  chosen?: readonly string[];
  /** Changes the answers of the embedded AWS. */
  handle?: Sandbox['aws']['handle'];
  options?: Partial<PublishOptions>;
  /** Milliseconds for which calls that fail for transient reasons are repeated; not at all if absent. */
  repeatLimit?: number;
  stop?: AbortSignal;
}

/** Text in the User-Agent of the run's calls but not of the test's, for faults that affect only the run. */
export const underTest = 'run-under-test';

export interface Published {
  exit: number;
  /** Absent if the run was refused. */
  result?: Result;
  refusal?: string;
  events: EventBody[];
  /** Names of targets, in the order in which builds of them were started. */
  started: string[];
}

/** Publishes a plan in an embedded AWS whose clock advances while the run waits; Packer is a stand-in. */
export async function published(
  sandbox: Sandbox,
  plan: ReleasePlan,
  staged: Staged = {},
): Promise<Published> {
  const handle: Sandbox['aws']['handle'] = staged.handle ?? ((request) => sandbox.aws.handle(request));
  const clock = clockOf(sandbox);
  const repeater = createRepeater(staged.repeatLimit ?? 0, clock);
  const clients = clientsOf(sandbox, createPace(clock), { handle, agent: underTest, repeater });
  const { builds, started } = stagedBuilds(sandbox, staged);
  const world: Context & { events: EventBody[] } = {
    ...worldOn(sandbox, { clients }),
    builds,
    clock,
    ...definedOnly({ timeouts: plan.timeouts }),
    ...(staged.stop ? { stop: staged.stop } : {}),
  };
  const options: PublishOptions = {
    chosen: new Set(staged.chosen ?? plan.targets.map(({ name }) => name)),
    limits: { parallel: 4, parallelPerRegion: 2, attempts: 2 },
    room: { replace: false, takeOver: false, recorded: async () => new Set(), write: async () => undefined },
    review: () => undefined,
    confirm: async () => undefined,
    prepare: async () => undefined,
    folder: 'folder',
    ...staged.options,
  };
  const { events } = world;
  repeater.watch(world);
  try {
    const result = await publish(plan, options, world);
    return { exit: result.exit, result, events, started };
  } catch (error) {
    if (!(error instanceof ActionableError)) throw error;
    return { exit: error.status, refusal: error.message, events, started };
  }
}

/** The clock advances only by waiting, for the run and for AWS. */
function clockOf(sandbox: Sandbox): Context['clock'] {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    async sleep(milliseconds) {
      ahead += milliseconds;
      sandbox.aws.settings.advance(milliseconds / 1000);
      await turn();
    },
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function stagedBuilds(sandbox: Sandbox, { ends, takes }: Staged): { builds: Builds; started: string[] } {
  const started: string[] = [];
  return {
    started,
    builds: {
      known: async () => [],
      took: async () => new Map(),
      alive: async () => 'dead',
      stop: () => undefined,
      kill: () => undefined,
      async start(target) {
        started.push(target.name);
        const attempt = started.filter((name) => name === target.name).length;
        const how = ends?.(target, attempt) ?? 'made';
        const ended = run(sandbox, target, how, takes?.(target, attempt) ?? 1);
        return {
          id: 'abc',
          pid: 4711,
          log: 'log',
          ended,
          stop: () => undefined,
          doing: async () => undefined,
          ami: async () => undefined,
        };
      },
    },
  };
}

async function run(sandbox: Sandbox, target: Target, how: End, turns: number): Promise<BuildEnd> {
  for (let past = 0; past < turns; past++) await turn();
  const told = { seconds: 1, excerpt: { lines: [], log: 'log:1' } };
  if (how !== 'made') return { exit: 1, failure: { kind: how, message: `it is ${how}` }, ...told };
  await makeAmi(sandbox, target);
  return { exit: 0, ...told };
}
