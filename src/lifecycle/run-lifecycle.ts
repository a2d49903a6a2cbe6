import type { Context } from '../aws/context.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import type {
  LifecycleEventBody,
  LifecycleOutcome,
  LifecyclePlan,
  LifecycleResult,
} from '../model/events.ts';
import { applySteps, type Step } from './steps.ts';

/** The changes of a command, and how they are shown. */
export interface LifecycleWork {
  about: Omit<LifecyclePlan, 'type' | 'format' | 'changes'>;
  steps: readonly Step[];
  /** Targets of best-effort regions. */
  optional: ReadonlySet<string>;
}

export interface LifecycleOptions {
  /** Whether to apply the plan; not called if nothing changes. Throws if the answer is no. */
  confirm(plan: LifecyclePlan): Promise<boolean>;
  emit(event: LifecycleEventBody): void;
  /** The folder for the result, as messages show it. */
  folder: string;
}

/** Shows the changes, asks, makes them in order, and reports the outcome of each. */
export async function runLifecycle(
  { about, steps, optional }: LifecycleWork,
  { confirm, emit, folder }: LifecycleOptions,
  context: Context,
): Promise<LifecycleResult> {
  const changes = steps.flatMap((step) => step.changes);
  const plan: LifecyclePlan = { type: 'lifecycle-planned', format: 2, ...about, changes };
  emit(plan);
  const applied = changes.length > 0 && !context.stop.aborted && (await confirm(plan));
  const outcomes: LifecycleOutcome[] = applied
    ? await applySteps(steps, optional, context)
    : changes.map((change) => ({ ...change, outcome: 'planned' }));
  const { command, release, account, endpoint, skipped } = about;
  return {
    type: 'result',
    format: 2,
    command,
    release,
    account,
    endpoint,
    exit: exitOf(outcomes, plan, optional, context.stop.aborted),
    applied,
    changes: outcomes,
    skipped,
    folder,
    next: [],
  };
}

function exitOf(
  outcomes: readonly LifecycleOutcome[],
  { skipped }: LifecyclePlan,
  optional: ReadonlySet<string>,
  stopped: boolean,
): LifecycleResult['exit'] {
  if (stopped) return exitStatus.interrupted;
  const open = outcomes.filter(({ outcome }) => outcome === 'failed' || outcome === 'held');
  if (open.some(({ target }) => target === undefined || !optional.has(target))) return exitStatus.failed;
  return open.length + skipped.length > 0 ? exitStatus.partial : exitStatus.done;
}
