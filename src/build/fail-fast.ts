import type { Context } from '../aws/context.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import type { BuildFailure } from '../model/builds.ts';
import type { Status } from '../model/status.ts';

/** Whether builds may still be started, and what to say of those that were not. */
export interface FailFast {
  /** Whether it is known already that nothing is to be started. */
  startsNothing(): boolean;
  /** Asked by whoever has a slot. Answered once it is known of all builds that failed whether they did for good. */
  mayStart(): Promise<boolean>;
  /** A build of this target failed. What that means, the next looks tell. */
  failed(target: string): void;
  /** It is tried again. */
  goesOn(target: string): void;
  /** Nothing more is done for it. Returns the outcome, with the reason where no build was started for it. */
  ended(outcome: BuildOutcome): BuildOutcome;
}

/**
 * Nothing is started once the user has asked to stop; with `--fail-fast` nothing, either, once a required target has
 * failed for good. What runs then is let finish: it costs little, and the next run has less to do.
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
    goesOn: settle,
    ended(outcome) {
      const { target, status, failure } = outcome;
      const explained =
        first !== undefined && status.is === 'absent' && failure === undefined
          ? { ...outcome, failure: notStarted(first) }
          : outcome;
      if (failFast && !startsNothing() && target.required && !isBuilt(status)) {
        first = target.name;
        const text = 'it failed, so nothing new is started (--fail-fast); what runs is let finish';
        emit({ type: 'warning', target: first, text });
      }
      settle(target.name);
      return explained;
    },
  };
}

const notStarted = (first: string): BuildFailure => ({
  kind: 'stopped',
  message: `not started: ${first} had failed (--fail-fast)`,
});

const isBuilt = ({ is }: Status) => is === 'built' || is === 'verified' || is === 'shared';
