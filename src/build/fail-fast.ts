import type { Context } from '../aws/context.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import type { BuildFailure } from '../model/builds.ts';
import type { Status } from '../model/status.ts';

/** Whether builds may still start, and the failure of those that were not started. */
export interface FailFast {
  /** Whether it is already certain that nothing more will start. */
  startsNothing(): boolean;
  /** Called while holding a slot. Resolves once it is known which of the failed builds are retried. */
  mayStart(): Promise<boolean>;
  /** A build of this target failed; it is not yet known whether it is retried. */
  failed(target: string): void;
  /** The failed build is retried. */
  retries(target: string): void;
  /** This target is finished. Returns the outcome, with the reason if no build was started for it. */
  ended(outcome: BuildOutcome): BuildOutcome;
}

/**
 * Nothing starts after the user asked to stop or, with `--fail-fast`, after a required target has finally failed. Running
 * builds are allowed to finish: that costs little, and the next run has less to do.
 */
export function failFast({ failFast }: Pick<BuildLimits, 'failFast'>, { stop, emit }: Context): FailFast {
  let first: string | undefined;
  const open = new Map<string, { settled: Promise<void>; settle(): void }>();
  const settle = (target: string) => {
    open.get(target)?.settle();
    open.delete(target);
  };
  const startsNothing = () => stop.aborted || first !== undefined;
  return {
    startsNothing,
    async mayStart() {
      while (open.size > 0) await Promise.all([...open.values()].map(({ settled }) => settled));
      return !startsNothing();
    },
    failed(target) {
      if (!failFast || open.has(target)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      open.set(target, { settled: promise, settle: resolve });
    },
    retries: settle,
    ended(outcome) {
      const { target, status, failure } = outcome;
      const explained =
        first !== undefined && status.is === 'absent' && failure === undefined
          ? { ...outcome, failure: notStarted(first) }
          : outcome;
      if (failFast && !startsNothing() && target.required && !isBuilt(status)) {
        first = target.name;
        const text =
          'it failed, so no more builds are started (--fail-fast); running builds are allowed to finish';
        emit({ type: 'warning', target: first, text });
      }
      settle(target.name);
      return explained;
    },
  };
}

const notStarted = (first: string): BuildFailure => ({
  kind: 'stopped',
  message: `not started: ${first} failed (--fail-fast)`,
});

const isBuilt = ({ is }: Status) => is === 'built' || is === 'verified' || is === 'shared';
