import { baseImageFacts } from '../aws/base-image-facts.ts';
import type { Clients } from '../aws/connection.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import type { Base, Encryption } from '../model/release-plan.ts';

export type BaseVolumes = NonNullable<Encryption['devices']>;

interface Built {
  target: string;
  region: string;
  base: Pick<Base, 'id'>;
}

/**
 * The volumes of base images, by target: Packer's mappings have to name each of them to encrypt it. Looked up every time, since
 * a base image pinned by an earlier run may not have been for encryption then.
 */
export async function volumesOfBases(
  clients: Clients,
  built: readonly Built[],
): Promise<Map<string, Lookup<BaseVolumes>>> {
  const found = await Promise.all(
    [...Map.groupBy(built, ({ region }) => region)].map(async ([region, some]) => {
      const ids = [...new Set(some.map(({ base }) => base.id))].sort();
      const facts = await baseImageFacts(clients, region, ids);
      return some.map(({ target, base }): [string, Lookup<BaseVolumes>] => {
        if (!facts.ok) return [target, facts];
        const volumes = facts.value.get(base.id)?.volumes;
        if (volumes) return [target, okLookup(volumes)];
        const message = `The image id '[${base.id}]' does not exist`;
        return [
          target,
          failedLookup({ operation: 'ec2:DescribeImages', region, code: 'InvalidAMIID.NotFound', message }),
        ];
      });
    }),
  );
  return new Map(found.flat());
}
