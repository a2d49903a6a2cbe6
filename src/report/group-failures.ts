import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import type { ResultTarget, TargetError } from '../model/events.ts';
import { wrap } from './text.ts';

type Failed = ResultTarget & { error: TargetError };

export interface SameFailure {
  first: Failed;
  /** Targets with the same failure, except for names and ids. */
  others: Failed[];
}

/** The failed targets, grouped by failure, in order of first occurrence. Pure. */
export function sameFailures(targets: readonly ResultTarget[]): SameFailure[] {
  const failed = targets.filter((target): target is Failed => target.error !== undefined);
  const said = failed.map((target) => {
    const { name, region, bestEffort, attempts, error } = target;
    const text = [error.kind, bestEffort === true, attempts > 1, error.message].join(' ');
    return { name, region, text, target };
  });
  return groupMessages(said).map(({ first, others }) => ({
    first: first.target,
    others: others.map(({ target }) => target),
  }));
}

/** `    the same with 5 others: us-east-1-2404-hvm …`; nothing if there are no others. Pure. */
export function othersLines({ others }: SameFailure, width: number, indent = '    '): string[] {
  const said = sameForOthers(others);
  return said === undefined ? [] : wrap(indent + said, width, `${indent}  `);
}
