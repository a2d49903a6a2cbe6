/** A message about a target. */
export interface Message {
  name: string;
  region: string;
  text: string;
}

const resourceId = /\b(?:ami|snap|i|sg|vol|subnet|vpc|eni)-[0-9a-f]{8,17}\b/g;
const requestId = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/**
 * Groups messages that differ only in names and ids: the first one, with the names of the other targets. In order of first
 * occurrence. Pure.
 */
export function groupMessages<T extends Message>(all: readonly T[]): { first: T; others: T[] }[] {
  return [...Map.groupBy(all, withoutNames).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, others }],
  );
}

/** `the same with 5 others: us-east-1-2404-hvm …`; undefined if there are no others. Pure. */
export function sameForOthers(others: readonly { name: string }[]): string | undefined {
  if (others.length === 0) return undefined;
  const number = others.length === 1 ? '1 other' : `${others.length} others`;
  return `the same with ${number}: ${others.map(({ name }) => name).join(' ')}`;
}

const withoutNames = ({ name, region, text }: Message): string =>
  text.replaceAll(name, '').replaceAll(region, '').replace(resourceId, '').replace(requestId, '');
