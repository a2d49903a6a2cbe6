import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { baseTag, isKeyPairOf, tagKeys } from '../model/resource-names.ts';

/**
 * Selects our builders, of any release, from these instances. Tags alone do not prove it: newer Packer plugins also put a
 * builder's tags on its AMI, and instances launched from that AMI may inherit them all. A builder has the key pair that Packer
 * creates for its target only. If the user's options set another key or none, it was launched from the base image in its tags,
 * which is never one of our AMIs. If that image no longer exists there is no proof, so the instance is kept.
 */
export async function buildersAmong(
  instances: readonly Instance[],
  region: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<Instance[]>> {
  const tagged = instances.filter(({ tags }) => tags[tagKeys.attempt] !== undefined);
  const others = tagged.filter((one) => !hasOwnKeyPair(one));
  if (others.length === 0) return okLookup(tagged);
  const ids = [...new Set(others.flatMap(({ image }) => image ?? []))];
  const images = ids.length > 0 ? await findImages(clients, region, { ids }) : okLookup([]);
  const lookups = allLookups({ images });
  if (!lookups.ok) return lookups;
  const bases = new Map(lookups.value.images.map((ami) => [ami.id, baseTag(ami)]));
  const isOnItsBase = ({ image = '', tags }: Instance) =>
    tags[tagKeys.base] !== undefined && bases.get(image) === tags[tagKeys.base];
  return okLookup(tagged.filter((one) => hasOwnKeyPair(one) || isOnItsBase(one)));
}

const hasOwnKeyPair = ({ keyPair, tags }: Instance): boolean =>
  isKeyPairOf(keyPair, tags[tagKeys.release], tags[tagKeys.target]);
