import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { type ReleaseAmi, releaseOfAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import { isExistingAmi } from './ami-exists.ts';

const regionsAtATime = 16;

/** The AMIs of every release of a publication in these regions, including disabled and deprecated ones. Changes nothing. */
export async function findReleaseAmis(
  publication: string,
  regions: readonly string[],
  { clients }: Pick<Context, 'clients'>,
): Promise<Map<string, Lookup<ReleaseAmi[]>>> {
  const filters = { [`tag:${tagKeys.release}`]: [`${publication}@*`] };
  const each = await pLimit(regionsAtATime).map(regions, async (region) => {
    const found = await findImages(clients, region, { owner: 'self', filters });
    return [
      region,
      found.ok ? okLookup(found.value.flatMap((ami) => asReleaseAmi(publication, ami))) : found,
    ] as const;
  });
  return new Map(each);
}

function asReleaseAmi(publication: string, ami: Ami): ReleaseAmi[] {
  const of = isExistingAmi(ami) ? releaseOfAmi(publication, ami) : undefined;
  return of === undefined ? [] : [{ ami, ...of }];
}
