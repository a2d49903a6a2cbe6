import type { PlanSummary } from '../model/events.ts';
import { count } from './text.ts';

/** `skipped   2 AMIs in sa-east-1 (best effort): this account has not opted in to it`, one line per region and reason. Pure. */
export function leftOutLines({ leftOut = [] }: Pick<PlanSummary, 'leftOut'>): string[] {
  const groups = Map.groupBy(leftOut, ({ region, why }) => JSON.stringify([region, why]));
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [`  skipped   ${count(1 + more.length, 'AMI')} in ${first.region} (best effort): ${first.why}`],
  );
}
