import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { isBuiltOrOwnCopy } from '../model/own-copy.ts';
import { tagKeys } from '../model/resource-names.ts';
import { isExistingAmi } from './ami-exists.ts';

/** An AMI of a publication, and what of it is told by its tags. */
export interface ReleaseAmi {
  ami: Ami;
  /** `web@1.0.0` */
  release: string;
  version: string;
  image: string;
  target: string;
}

/**
 * Which AMI of a publication one is, by the tags that every AMI of this tool has, whatever the config says today. A copy by somebody
 * else may carry its source's tags: it does not belong to the publication. Pure.
 */
export function releaseOfAmi(
  publication: string,
  ami: Pick<Ami, 'region' | 'tags' | 'copyOf'>,
): Omit<ReleaseAmi, 'ami'> | undefined {
  if (!isBuiltOrOwnCopy(ami)) return undefined;
  const { [tagKeys.release]: release = '', [tagKeys.target]: target = '' } = ami.tags;
  const start = `${publication}@`;
  if (!release.startsWith(start) || !target.startsWith(`${ami.region}-`)) return undefined;
  const version = release.slice(start.length);
  return { release, version, image: target.slice(ami.region.length + 1), target };
}

/** The AMIs of every release of a publication in these regions, disabled and deprecated ones, too. Changes nothing. */
export async function findReleaseAmis(
  publication: string,
  regions: readonly string[],
  { clients }: Pick<Context, 'clients'>,
): Promise<Map<string, Lookup<ReleaseAmi[]>>> {
  const filters = { [`tag:${tagKeys.release}`]: [`${publication}@*`] };
  const each = await Promise.all(
    regions.map(async (region) => {
      const found = await findImages(clients, region, { owner: 'self', filters });
      return [
        region,
        found.ok ? okLookup(found.value.flatMap((ami) => asReleaseAmi(publication, ami))) : found,
      ] as const;
    }),
  );
  return new Map(each);
}

function asReleaseAmi(publication: string, ami: Ami): ReleaseAmi[] {
  const of = isExistingAmi(ami) ? releaseOfAmi(publication, ami) : undefined;
  return of === undefined ? [] : [{ ami, ...of }];
}
