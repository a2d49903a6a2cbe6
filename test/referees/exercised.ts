import { join, relative, resolve } from 'node:path';
import { expect } from 'vitest';
import { operations as all, type CallRecord } from '../../sandbox/testing/internals.ts';

/** What a judge exercised, as `judged/COLUMN.json` keeps it for docs/sandbox-operations.md. */
export interface Exercised {
  judge: string;
  /** Paths from the project's folder: the judge's test, and the file of its known differences. */
  test: string;
  known: string;
  /** By operation (`ec2:CopyImage`), how many known differences were met there. */
  operations: Record<string, number>;
}

/** One operation (`ec2:CopyImage`, the service by botocore's name or by its host's) that a judge looked at, and the known differences that it met there. */
export interface Sighting {
  operation: string;
  differences?: readonly unknown[];
}

const root = resolve(import.meta.dirname, '../..');

/**
 * Holds what a judge exercised by now to what `judged/COLUMN.json` says, and fails on a difference. Only operations that
 * the sandbox has count. `known` names the file beside the tests of judges that holds the judge's known differences.
 */
export const holdExercised = async (
  column: string,
  judge: string,
  seen: readonly Sighting[],
  known?: string,
): Promise<void> => {
  const path = (file: string): string => relative(root, file);
  const test = path(expect.getState().testPath ?? '');
  const exercised: Exercised = {
    judge,
    test,
    known: known === undefined ? test : path(join(import.meta.dirname, known)),
    operations: tally(seen),
  };
  const again = `vitest run ${test} -u && node scripts/write-operations.ts`;
  await expect(
    `${JSON.stringify(exercised, null, 2)}\n`,
    `${judge} exercised other operations than judged/${column}.json says. If they are meant: ${again}`,
  ).toMatchFileSnapshot(join(import.meta.dirname, 'judged', `${column}.json`));
};

/** The operations of calls that were carried out. */
export const carriedOut = (
  calls: readonly Pick<CallRecord, 'service' | 'operation' | 'status'>[],
): Sighting[] =>
  calls
    .filter(({ status }) => status >= 200 && status < 300)
    .map(({ service, operation }) => ({ operation: `${service}:${operation}` }));

const tally = (seen: readonly Sighting[]): Record<string, number> => {
  const handled = Object.entries(all).flatMap(([service, its]) =>
    Object.keys(its).map((name) => `${service}:${name}`),
  );
  const met = new Map<string, Set<unknown>>();
  for (const { operation: named, differences = [] } of seen) {
    const operation = named.replace('service-quotas:', 'servicequotas:');
    if (!handled.includes(operation)) continue;
    met.set(operation, new Set([...(met.get(operation) ?? []), ...differences]));
  }
  return Object.fromEntries([...met].map(([operation, { size }]) => [operation, size] as const).sort(byName));
};

const byName = ([one]: readonly [string, number], [other]: readonly [string, number]): number =>
  one < other ? -1 : 1;
