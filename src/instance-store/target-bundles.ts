import { isUsable } from '../aws/ami-states.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import type { StoredObjects } from '../aws/s3/stored-objects.ts';
import type { Ami } from '../model/ami.ts';
import { locationOf } from '../model/bundle-names.ts';
import { type Lookup, type LookupError, okLookup } from '../model/lookup.ts';
import type { Bundle, ReleasePlan, Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import { partsReader, whyBundleIsNeeded } from './bundle-users.ts';
import { s3 } from './s3.ts';
import { bundlesAmong, lookUpStoredBundle } from './stored-bundle.ts';

export const bucketAddress = (
  plan: Pick<ReleasePlan, 'account'>,
  region: string,
  name: string,
): BucketAddress => ({
  name,
  region,
  account: plan.account,
});

/**
 * The bundles of a region's targets. A bucket without this release's tag is ignored: its content is not ours, and is not
 * touched.
 *
 * @param seen AMIs already seen; other users of a bundle are only looked up if none of these uses it.
 */
export async function lookUpBundles(
  plan: ReleasePlan,
  region: string,
  targets: readonly Target[],
  seen: Promise<readonly Ami[]>,
  context: Context,
): Promise<Lookup<SeenBundle[]>> {
  const stored = targets.flatMap(({ name, bundle }) => (bundle ? [{ target: name, bundle }] : []));
  if (stored.length === 0) return okLookup([]);
  const buckets = [...new Set(stored.map(({ bundle }) => bundle.bucket))];
  const { bucketTags, findObjects } = await s3();
  const found: SeenBundle[] = [];
  for (const name of buckets) {
    const tags = await bucketTags(context.clients, bucketAddress(plan, region, name));
    if (!tags.ok && isElsewhere(tags.error)) continue;
    if (!tags.ok) return tags;
    if (tags.value?.[tagKeys.release] !== plan.release) continue;
    const content = await findObjects(context.clients, bucketAddress(plan, region, name), '');
    if (!content.ok) return content;
    const bundles = bundlesAmong(content.value);
    for (const { target, bundle } of stored.filter((one) => one.bundle.bucket === name))
      found.push(seenBundle(target, bundle, bundles.get(`${bundle.prefix}.`)));
  }
  return withUsers(region, found, await seen, context);
}

/** Whether the bucket is in another region, so that this region has no bundle in it. Nothing is built until that is fixed. */
export const isElsewhere = ({ code }: LookupError): boolean =>
  ['PermanentRedirect', 'IllegalLocationConstraintException', 'AuthorizationHeaderMalformed'].includes(code);

function seenBundle(target: string, bundle: Bundle, stored?: StoredObjects): SeenBundle {
  const { objects = [], uploads = [] } = stored ?? {};
  const manifest = `${bundle.prefix}.manifest.xml`;
  return {
    target,
    location: locationOf(bundle),
    hasManifest: objects.some(({ key }) => key === manifest),
    hasParts: objects.some(({ key }) => key !== manifest),
    unfinished: uploads.length,
    users: [],
  };
}

export const bundleExists = ({ hasManifest, hasParts, unfinished }: SeenBundle): boolean =>
  hasManifest || hasParts || unfinished > 0;

/** AMIs are looked up by location, since one may use a bundle under any name. */
async function usersOf(
  region: string,
  locations: string[],
  { clients }: Context,
): Promise<Lookup<Map<string, string[]>>> {
  const filters = { 'manifest-location': locations };
  const images = await findImages(clients, region, { owner: 'self', filters });
  if (!images.ok) return images;
  return okLookup(new Map(locations.map((place) => [place, usersAmong(images.value, place)])));
}

const usersAmong = (images: readonly Ami[], place: string): string[] =>
  images.filter((ami) => isUsable(ami) && ami.location === place).map(({ id }) => id);

async function withUsers(
  region: string,
  bundles: SeenBundle[],
  seen: readonly Ami[],
  context: Context,
): Promise<Lookup<SeenBundle[]>> {
  const bySeen = bundles.map((bundle) => ({ ...bundle, users: usersAmong(seen, bundle.location) }));
  const open = bySeen.filter((bundle) => bundleExists(bundle) && bundle.users.length === 0);
  if (open.length === 0) return okLookup(bySeen);
  const locations = open.map(({ location }) => location);
  const users = await usersOf(region, locations, context);
  if (!users.ok) return users;
  return okLookup(
    bySeen.map((bundle) => ({ ...bundle, users: users.value.get(bundle.location) ?? bundle.users })),
  );
}

/** The id of a bundle as a resource: `<bucket>/<prefix>`. */
export const bundleId = ({ bucket, prefix }: Pick<Bundle, 'bucket' | 'prefix'>): string =>
  `${bucket}/${prefix}`;

/**
 * Removes a leftover bundle with everything in it now, since a builder may have kept uploading until it was terminated. It is
 * looked up once more, because nothing protects a bundle in use as EC2 protects a snapshot: if the bucket is not this release's,
 * or an AMI uses the bundle, nothing is removed. Returns whether it was removed.
 */
export async function removeBundle(
  release: string,
  { id, region }: { id: string; region: string },
  context: Pick<Context, 'clients'>,
): Promise<Lookup<boolean>> {
  const location = `${id}.manifest.xml`;
  const lookup = await lookUpStoredBundle({ release, location, region }, context);
  if (!lookup.ok) return lookup;
  const bundle = lookup.value;
  if (bundle?.bucketTags[tagKeys.release] !== release) return okLookup(false);
  const needed = await whyBundleIsNeeded(bundle, location, new Set(), partsReader(context), context);
  if (!needed.ok) return needed;
  if (needed.value !== undefined) return okLookup(false);
  const { deleteObjects } = await s3();
  const deleted = await deleteObjects(context.clients, bundle.bucket, bundle);
  return deleted.ok ? okLookup(true) : deleted;
}
