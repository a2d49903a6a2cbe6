import { isUsable } from '../aws/ami-states.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import {
  keysOfBundle,
  namedParts,
  placeOfBundle,
  type StoredBundle,
  textOfManifest,
  usersAmong,
} from './stored-bundle.ts';

type Image = Pick<Ami, 'id' | 'state' | 'location'>;

/** The parts that a manifest names, or why they are unknown; undefined if the manifest is missing. */
export type ReadParts = (bucket: BucketAddress, manifest: string) => Promise<Lookup<Parts | undefined>>;
type Parts = Awaited<ReturnType<typeof namedParts>>;

/** Reads each manifest once: with a hundred bundles in one folder, each is needed for all the others. */
export function partsReader({ clients }: Pick<Context, 'clients'>): ReadParts {
  const known = new Map<string, ReturnType<ReadParts>>();
  const read = async (bucket: BucketAddress, manifest: string): Promise<Lookup<Parts | undefined>> => {
    const text = await textOfManifest(manifest, bucket, { clients });
    if (!text.ok || text.value === undefined) return text.ok ? okLookup(undefined) : text;
    return okLookup(await namedParts(text.value));
  };
  return (bucket, manifest) => {
    const key = `${bucket.name}/${manifest}`;
    const lookup = known.get(key) ?? read(bucket, manifest);
    known.set(key, lookup);
    return lookup;
  };
}

/**
 * Why AMIs of the account still need a bundle; undefined if none does. Checks all instance-store AMIs, including disabled ones,
 * since one may use the same objects under another name. `gone`: AMIs just deregistered, which EC2 may still show for seconds.
 */
export async function whyBundleIsNeeded(
  bundle: StoredBundle,
  location: string,
  gone: ReadonlySet<string>,
  readParts: ReadParts,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<string | undefined>> {
  const images = await findImages(clients, bundle.bucket.region, {
    owner: 'self',
    filters: { 'root-device-type': ['instance-store'] },
  });
  if (!images.ok) return images;
  const others = images.value.filter(({ id }) => !gone.has(id));
  return whyNeededBy(others, bundle.bucket, keysOfBundle(bundle, location).keys, readParts);
}

/**
 * Why some AMIs need objects of a bundle. A copied manifest has another name and lists the same parts, so the manifests in the
 * same folder are read. One that cannot be parsed may list them; an AMI without a manifest cannot be launched.
 */
export async function whyNeededBy(
  images: readonly Image[],
  bucket: BucketAddress,
  keys: readonly string[],
  readParts: ReadParts,
): Promise<Lookup<string | undefined>> {
  const users = usersAmong(images, { bucket: bucket.name, keys });
  if (users.length > 0) return okLookup(`${users.join(', ')} points to it`);
  const lookups = await Promise.all(
    inSameFolder(images, { bucket: bucket.name, keys }).map(async ({ id, manifest }) => ({
      id,
      manifest,
      parts: await readParts(bucket, manifest),
    })),
  );
  const known = new Set(keys);
  for (const { id, manifest, parts } of lookups) {
    if (!parts.ok) return parts;
    if (parts.value === undefined) continue;
    if ('unclear' in parts.value) return okLookup(`${id} may have parts of it: ${parts.value.unclear}`);
    if (parts.value.names.some((name) => known.has(`${folderOf(manifest)}${name}`)))
      return okLookup(`${id} has parts of it`);
  }
  return okLookup(undefined);
}

/** AMIs whose manifest is in the same folder, where EC2 looks for its parts. Pure. */
function inSameFolder(
  images: readonly Image[],
  { bucket, keys }: { bucket: string; keys: readonly string[] },
): { id: string; manifest: string }[] {
  const folders = new Set(keys.map(folderOf));
  return images.filter(isUsable).flatMap(({ id, location = '' }) => {
    const { bucket: its, manifest } = placeOfBundle(location);
    return its === bucket && folders.has(folderOf(manifest)) ? [{ id, manifest }] : [];
  });
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
