import { isDeregistered } from '../aws/ami-states.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { findSnapshots } from '../aws/snapshots.ts';
import { markedBundles, taggedBuckets } from '../instance-store/marked-bundles.ts';
import { isOurs, placeOfBundle, usersAmong } from '../instance-store/stored-bundle.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { Removal } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { isKept } from './keep-tag.ts';
import { sharedSnapshots } from './shared-snapshots.ts';

/** Leftovers of an interrupted cleanup: deregistered AMIs whose dependents are not all deleted. */
export interface InterruptedCleanup {
  removals: Removal[];
  /** Buckets still tagged as holding such bundles. A bucket that is not gopackgo's own is kept and only loses that tag. */
  buckets: { name: string; release: string; region: string; ours: boolean }[];
}

/**
 * The rest of removals that any machine started, found by the tags written before the AMI was deregistered. If the AMI still
 * exists, its removal has not started, and the AMI is decided on again. A snapshot that has since been shared or got the keep
 * tag is excluded.
 */
export async function lookUpInterrupted(
  publication: string,
  region: string,
  { account, includingShared }: { account: string; includingShared: boolean },
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<InterruptedCleanup>> {
  const start = `${publication}@`;
  const tags = { [tagKeys.release]: `${start}*`, [tagKeys.deregistered]: '*' };
  const snapshots = await findSnapshots(clients, region, { tags });
  if (!snapshots.ok) return snapshots;
  const ids = snapshots.value.map(({ id }) => id);
  const users = await findImages(clients, region, { owner: 'self', snapshots: ids });
  if (!users.ok) return users;
  const used = new Set(users.value.flatMap((ami) => (isDeregistered(ami) ? [] : ami.snapshots)));
  const loose = snapshots.value.filter((one) => !used.has(one.id) && !isKept(one));
  const looseIds = includingShared ? [] : loose.map(({ id }) => id);
  const shared = await sharedSnapshots(looseIds, region, { clients });
  if (!shared.ok) return shared;
  const unfinished = loose
    .filter(({ id }) => !shared.value.has(id))
    .map(({ id, tags: its }) => ({ ...releaseTags(its), snapshots: [id], region }));

  const buckets = await taggedBuckets(region, account, { clients });
  if (!buckets.ok) return buckets;
  const marked = buckets.value.filter(({ tags: its }) => its[tagKeys.deregistered] !== undefined);
  const images = await onInstanceStore(region, marked.length, { clients });
  if (!images.ok) return images;
  for (const { bucket } of marked) {
    const bundles = await markedBundles(bucket, { clients });
    if (!bundles.ok) return bundles;
    for (const bundle of bundles.value) {
      if (!bundle.release.startsWith(start) || isInUse(bundle, images.value)) continue;
      unfinished.push({ ...bundle, snapshots: [], region });
    }
  }
  const stillExisting = await findImages(clients, region, {
    owner: 'self',
    ids: unfinished.map(({ ami }) => ami),
  });
  if (!stillExisting.ok) return stillExisting;
  const there = new Set(stillExisting.value.flatMap((ami) => (isDeregistered(ami) ? [] : [ami.id])));
  return okLookup({
    removals: joinByAmi(unfinished.filter(({ ami }) => !there.has(ami))),
    buckets: marked.flatMap(({ bucket: { name }, tags: its }) => {
      const release = its[tagKeys.deregistered];
      if (!release?.startsWith(start)) return [];
      return [{ name, release, region, ours: isOurs(name, its, { release, region, account }) }];
    }),
  });
}

/** The account's AMIs that may point to a bundle; not looked up if no bucket is marked. */
const onInstanceStore = async (
  region: string,
  marked: number,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<Ami[]>> =>
  marked === 0
    ? okLookup([])
    : findImages(clients, region, {
        owner: 'self',
        filters: { 'root-device-type': ['instance-store'] },
      });

/** A bundle that an AMI points to is kept, and is no leftover. Pure. */
function isInUse({ location }: { location: string }, images: readonly Ami[]): boolean {
  const { bucket, manifest } = placeOfBundle(location);
  return usersAmong(images, { bucket, keys: [manifest] }).length > 0;
}

const releaseTags = (tags: Readonly<Record<string, string>>) => ({
  ami: tags[tagKeys.deregistered] ?? '',
  release: tags[tagKeys.release] ?? '',
  target: tags[tagKeys.target] ?? '',
});

/** Joins the removals of the same AMI. Pure. */
function joinByAmi(unfinished: readonly Removal[]): Removal[] {
  return [...Map.groupBy(unfinished, ({ ami }) => ami).values()].flatMap((some) => {
    const snapshots = some.flatMap((one) => one.snapshots);
    const first = some.find(({ location }) => location !== undefined) ?? some[0];
    return first ? [{ ...first, snapshots }] : [];
  });
}
