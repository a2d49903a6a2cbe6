import type { Context } from '../aws/context.ts';
import { findStoredParameters } from '../aws/stored-parameters.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan } from '../model/release-plan.ts';

/** The current values of a plan's parameters: the AMIs that consumers find there. */
export async function amisNamed(
  { targets }: Pick<ReleasePlan, 'targets'>,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<string[]>> {
  const regions = Map.groupBy(targets, ({ region }) => region);
  const found = await Promise.all(
    [...regions].map(async ([region, some]) => {
      const names = some.flatMap(({ parameters = [] }) => parameters.map(({ name }) => name));
      return names.length === 0 ? okLookup(new Map()) : findStoredParameters(clients, region, names);
    }),
  );
  const failed = found.find((lookup) => !lookup.ok);
  if (failed && !failed.ok) return failed;
  return okLookup(
    found.flatMap((lookup) => (lookup.ok ? [...lookup.value.values()].map(({ value }) => value) : [])),
  );
}
