import type { Context } from '../aws/context.ts';
import { parametersTagged } from '../aws/parameters.ts';
import { findStoredParameters } from '../aws/stored-parameters.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';

/** A parameter with the tags of a release that names one of its AMIs. */
export interface LeftParameter {
  name: string;
  region: string;
  target: string;
  value: string;
}

/**
 * The parameters of a release that name AMIs of images or regions which the config no longer has. The config does not give their
 * names, so they are found by their tags. Changes nothing.
 *
 * @param left those AMIs.
 * @returns also why the parameters of a region are not known.
 */
export async function findLeftParameters(
  release: string,
  left: readonly ReleaseAmi[],
  { clients }: Pick<Context, 'clients'>,
): Promise<{ found: LeftParameter[]; unknown: string[] }> {
  const each = await Promise.all(
    [...Map.groupBy(left, ({ ami }) => ami.region)].map(async ([region, amis]) => {
      const tagged = await parametersTagged(clients, region, tagKeys.release, release);
      const stored = tagged.ok ? await findStoredParameters(clients, region, [...tagged.value]) : tagged;
      if (!stored.ok) return { found: [], unknown: [`${region}: ${describeLookupError(stored.error)}`] };
      const found = [...stored.value].flatMap(([name, { value }]) => {
        const target = amis.find(({ ami }) => ami.id === value)?.target;
        return target === undefined ? [] : [{ name, region, target, value }];
      });
      return { found, unknown: [] };
    }),
  );
  return {
    found: each.flatMap(({ found }) => found),
    unknown: each.flatMap(({ unknown }) => unknown),
  };
}
