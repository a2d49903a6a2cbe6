import pLimit from 'p-limit';
import { isUsable } from '../aws/ami-states.ts';
import type { World } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import { locationOf } from '../model/bundle-names.ts';
import { type Look, type LookError, seen } from '../model/lookup.ts';
import type { Bundle, Plan, Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import { partsReader, whyBundleIsNeeded } from './bundle-users.ts';
import { lookAtStoredBundle } from './stored-bundle.ts';

/** Calls under way at once in one region. */
const looksAtOnce = 8;

export const bucketOf = (plan: Pick<Plan, 'account'>, region: string, name: string): BucketAddress => ({
  name,
  region,
  account: plan.account,
});

/**
 * The bundles of a region's targets. Where a bucket does not carry this release's tag nothing in it counts: what lies
 * there is somebody else's, and is not touched.
 */
export async function lookAtBundles(
  plan: Plan,
  region: string,
  targets: readonly Target[],
  world: World,
): Promise<Look<SeenBundle[]>> {
  const stored = targets.flatMap(({ name, bundle }) => (bundle ? [{ target: name, bundle }] : []));
  if (stored.length === 0) return seen([]);
  const buckets = [...new Set(stored.map(({ bundle }) => bundle.bucket))];
  const { bucketTags } = await import('../aws/s3/buckets.ts');
  const limit = pLimit(looksAtOnce);
  const found: SeenBundle[] = [];
  for (const name of buckets) {
    const tags = await bucketTags(world.clients, bucketOf(plan, region, name));
    if (!tags.ok && isElsewhere(tags.error)) continue;
    if (!tags.ok) return tags;
    if (tags.value?.[tagKeys.release] !== plan.release) continue;
    const looks = await Promise.all(
      stored
        .filter(({ bundle }) => bundle.bucket === name)
        .map((one) => limit(() => lookAtBundle(plan, region, one, world))),
    );
    for (const look of looks) {
      if (!look.ok) return look;
      found.push(look.value);
    }
  }
  return withUsers(region, found, world);
}

/** A bucket in another region holds no bundle of this one. Nothing is built before that is mended. */
export const isElsewhere = ({ code }: LookError): boolean =>
  ['PermanentRedirect', 'IllegalLocationConstraintException', 'AuthorizationHeaderMalformed'].includes(code);

async function lookAtBundle(
  plan: Plan,
  region: string,
  { target, bundle }: { target: string; bundle: Bundle },
  { clients }: World,
): Promise<Look<SeenBundle>> {
  const { findObjects } = await import('../aws/s3/stored-objects.ts');
  const objects = await findObjects(clients, bucketOf(plan, region, bundle.bucket), keysOf(bundle));
  if (!objects.ok) return objects;
  const keys = objects.value.objects.map(({ key }) => key);
  const { uploads } = objects.value;
  const manifest = `${bundle.prefix}.manifest.xml`;
  return seen({
    target,
    location: locationOf(bundle),
    hasManifest: keys.includes(manifest),
    hasParts: keys.some((key) => key !== manifest),
    unfinished: uploads.length,
    users: [],
  });
}

/** What the keys of a bundle's objects begin with. A prefix holds no dot, so no other bundle's keys do. */
const keysOf = ({ prefix }: Pick<Bundle, 'prefix'>): string => `${prefix}.`;

export const isThere = ({ hasManifest, hasParts, unfinished }: SeenBundle): boolean =>
  hasManifest || hasParts || unfinished > 0;

/** AMIs are asked for by their location, since one may use a bundle under any name. */
async function usersOf(
  region: string,
  locations: string[],
  { clients }: World,
): Promise<Look<Map<string, string[]>>> {
  const filters = { 'manifest-location': locations };
  const images = await findImages(clients, region, { owner: 'self', filters });
  if (!images.ok) return images;
  const using = images.value.filter(isUsable);
  return seen(
    new Map(
      locations.map((place) => [
        place,
        using.filter(({ location }) => location === place).map(({ id }) => id),
      ]),
    ),
  );
}

async function withUsers(region: string, bundles: SeenBundle[], world: World): Promise<Look<SeenBundle[]>> {
  const there = bundles.filter(isThere).map(({ location }) => location);
  if (there.length === 0) return seen(bundles);
  const users = await usersOf(region, there, world);
  if (!users.ok) return users;
  return seen(bundles.map((bundle) => ({ ...bundle, users: users.value.get(bundle.location) ?? [] })));
}

/** A bundle as something that was left behind is called: `<bucket>/<prefix>`. */
export const bundleId = ({ bucket, prefix }: Pick<Bundle, 'bucket' | 'prefix'>): string =>
  `${bucket}/${prefix}`;

/**
 * Removes a bundle that was left behind: all that lies there now, since a builder may have gone on until it was terminated.
 * It is looked at once more, because EC2 does not stand in the way of it as it does of a snapshot in use: a bucket that
 * is not this release's, or an AMI that was not seen before, and nothing is removed. Tells whether something was.
 */
export async function removeBundle(
  release: string,
  { id, region }: { id: string; region: string },
  world: Pick<World, 'clients'>,
): Promise<Look<boolean>> {
  const location = `${id}.manifest.xml`;
  const look = await lookAtStoredBundle({ release, location, region }, world);
  if (!look.ok) return look;
  const bundle = look.value;
  if (bundle?.bucketTags[tagKeys.release] !== release) return seen(false);
  const needed = await whyBundleIsNeeded(bundle, location, new Set(), partsReader(world), world);
  if (!needed.ok) return needed;
  if (needed.value !== undefined) return seen(false);
  const { deleteObjects } = await import('../aws/s3/stored-objects.ts');
  const deleted = await deleteObjects(world.clients, bundle.bucket, bundle);
  return deleted.ok ? seen(true) : deleted;
}
