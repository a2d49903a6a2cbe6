import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { baseTag, isKeyPairOf, tagKeys } from '../model/resource-names.ts';

/**
 * The instances among these that are builders of ours, of any release. Tags alone do not show it: newer Packer plugins also
 * put a builder's tags on its AMI, and instances launched from that AMI may get them all. A builder has the key pair that
 * Packer makes for its target only; or, where the user's options set another key or none, it was launched from the base
 * image that its tags name, which is never one of our AMIs. Where that image no longer exists nothing is shown, so the
 * instance is kept.
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
