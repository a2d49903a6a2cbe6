import pLimit from 'p-limit';
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

/** The parts that a manifest names, or why it does not say which; undefined where it is missing. */
export type ReadParts = (bucket: BucketAddress, manifest: string) => Promise<Lookup<Parts | undefined>>;
type Parts = Awaited<ReturnType<typeof namedParts>>;

/** Reads each manifest once: of a hundred bundles side by side, each is asked about by all the others. */
export function partsReader({ clients }: Pick<Context, 'clients'>): ReadParts {
  const known = new Map<string, ReturnType<ReadParts>>();
  const limit = pLimit(readsAtOnce);
  const read = async (bucket: BucketAddress, manifest: string): Promise<Lookup<Parts | undefined>> => {
    const text = await textOfManifest(manifest, bucket, { clients });
    if (!text.ok || text.value === undefined) return text.ok ? okLookup(undefined) : text;
    return okLookup(await namedParts(text.value));
  };
  return (bucket, manifest) => {
    const key = `${bucket.name}/${manifest}`;
    const lookup = known.get(key) ?? limit(() => read(bucket, manifest));
    known.set(key, lookup);
    return lookup;
  };
}

/** Manifests read at once. */
const readsAtOnce = 8;

/**
 * Why a bundle has to stay for AMIs of the account; undefined where none needs it. All that are on instance-store are asked
 * for, disabled ones too, since one may point to the same objects under another name. `gone`: deregistered just now, which EC2
 * may show for seconds.
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
 * Why objects of a bundle have to stay for some AMIs. A copy of a manifest has another name and names the same parts, so the
 * manifests beside it are read. One that cannot be understood may name them; where there is none, nothing starts from it.
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
    besideIt(images, { bucket: bucket.name, keys }).map(async ({ id, manifest }) => ({
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

/** AMIs whose manifest lies in the same folder, where EC2 looks for the parts that it names. Pure. */
function besideIt(
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
