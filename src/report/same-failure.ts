import type { ResultTarget, TargetError } from '../events.ts';
import { count, wrap } from './text.ts';

type Failed = ResultTarget & { error: TargetError };

export interface SameFailure {
  first: Failed;
  /** Targets that failed in the same words but for names and ids. */
  others: Failed[];
}

/** The targets that failed, those with the same failure together, in the order each was first met. Pure. */
export function sameFailures(targets: readonly ResultTarget[]): SameFailure[] {
  const failed = targets.filter((target): target is Failed => target.error !== undefined);
  return [...Map.groupBy(failed, withoutNames).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, others }],
  );
}

/** `    the same with 5 others: us-east-1-2404-hvm …`; nothing where there are none. Pure. */
export function othersLines({ others }: SameFailure, width: number, indent = '    '): string[] {
  if (others.length === 0) return [];
  const all = others.map(({ name }) => name).join(' ');
  return wrap(`${indent}the same with ${count(others.length, 'other')}: ${all}`, width, `${indent}  `);
}

const resourceId = /\b(?:ami|snap|i|sg|vol|subnet|vpc|eni)-[0-9a-f]{8,17}\b/g;
const requestId = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

const withoutNames = ({ name, region, bestEffort, attempts, error }: Failed): string =>
  JSON.stringify([
    error.kind,
    bestEffort === true,
    attempts > 1,
    error.message.replaceAll(name, '').replaceAll(region, '').replace(resourceId, '').replace(requestId, ''),
  ]);
