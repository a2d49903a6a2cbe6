import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { baseTag, isKeyPairOf, tagKeys } from '../model/resource-names.ts';

/**
 * Those of these instances that a Packer of ours started to build on, of whichever release. Tags alone do not show it: newer
 * Packer plugins put a builder's tags on its AMI, too, and what is started from that may get them all. A builder has the
 * key pair that Packer makes for its target alone; or, where the user's options bring another key, or none, it was started
 * from the base image that its tags name, which no AMI of ours is. An image that is not there any more shows nothing, so that
 * its instance stays.
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
