import { isUsable } from '../aws/ami-states.ts';
import type { Context } from '../aws/context.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import type { StoredObject, StoredObjects } from '../aws/s3/stored-objects.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { ownBucketName } from '../model/bundle-names.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';
import { s3 } from './s3.ts';

/** A bundle as stored in S3, with everything that belongs to it. */
export interface StoredBundle {
  bucket: BucketAddress;
  bucketTags: Record<string, string>;
  /** Whether the bucket is the publication's: by its tag, or untagged under the name that gopackgo generates. */
  ours: boolean;
  /** In the order of deletion: `marker` comes last. */
  objects: StoredObject[];
  uploads: StoredObjects['uploads'];
  /** The object whose tags mark the AMI as deregistered: the manifest, or without one the last part. */
  marker?: string;
  /** Why its objects are unknown; nothing is deleted then. */
  unclear?: string;
}

const manifestEnd = '.manifest.xml';
/** A manifest has a few hundred bytes for each of at most a few thousand parts. */
const manifestLimit = 10_000_000;

/** The two halves of an AMI's `ImageLocation`: `bucket/prefix.manifest.xml`. */
export function placeOfBundle(location: string): { bucket: string; manifest: string } {
  const at = location.indexOf('/');
  return { bucket: location.slice(0, at), manifest: location.slice(at + 1) };
}

/** The prefix of all keys of a bundle, from any of them: `1404-pv.` of `1404-pv.part.07`. */
export const stemOf = (key: string): string | undefined =>
  /^(.*\.)(?:manifest\.xml|part\.\d+)$/s.exec(key)?.[1];

/** The content of a bucket by bundle stem, without objects that belong to no bundle. Pure. */
export function bundlesAmong({ objects, uploads }: StoredObjects): Map<string, StoredObjects> {
  const found = new Map<string, StoredObjects>();
  const bundleOf = ({ key }: { key: string }) => {
    const stem = stemOf(key);
    const known = (stem === undefined ? undefined : found.get(stem)) ?? { objects: [], uploads: [] };
    if (stem !== undefined) found.set(stem, known);
    return known;
  };
  for (const one of objects) bundleOf(one).objects.push(one);
  for (const one of uploads) bundleOf(one).uploads.push(one);
  return found;
}

/** The object of a bundle that is deleted last. Pure. */
export function markerOf(objects: readonly StoredObject[]): string | undefined {
  const current = objects.filter(({ isCurrent }) => isCurrent).map(({ key }) => key);
  return current.find((key) => key.endsWith(manifestEnd)) ?? current.sort().at(-1);
}

/**
 * Looks up the bundle that an AMI was registered from; undefined if its bucket is gone. Its parts are those in the manifest. In
 * one of our buckets, objects named like its parts belong to it too, even if the manifest is missing or unreadable; in any
 * other bucket nothing is guessed.
 */
export async function lookUpStoredBundle(
  {
    release,
    location,
    region,
    account,
  }: { release: string; location: string; region: string; account?: string },
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<StoredBundle | undefined>> {
  const { bucketTags, isVersioned } = await s3();
  const { bucket: name, manifest } = placeOfBundle(location);
  const bucket: BucketAddress = { name, region, ...definedOnly({ account }) };
  const tags = await bucketTags(clients, bucket);
  if (!tags.ok) return tags;
  if (tags.value === undefined) return okLookup(undefined);
  const ours = isOurs(name, tags.value, { release, region, ...definedOnly({ account }) });
  const known = { bucket, bucketTags: tags.value, ours };
  const versions = await isVersioned(clients, bucket);
  if (!versions.ok) return versions;
  const text = await textOfManifest(manifest, bucket, { clients });
  if (!text.ok) return text;
  const parts = await namedParts(text.value);
  if ('unclear' in parts && !ours) return okLookup({ ...known, objects: [], uploads: [], ...parts });
  const folder = manifest.slice(0, manifest.lastIndexOf('/') + 1);
  const keys = new Set([
    manifest,
    ...('names' in parts ? parts.names.map((part) => `${folder}${part}`) : []),
  ]);
  const own = manifest.endsWith(manifestEnd) ? manifest.slice(0, -manifestEnd.length) : undefined;
  const belongs = ({ key }: { key: string }) =>
    keys.has(key) || (ours && own !== undefined && key.startsWith(`${own}.part.`));
  const found = await objectsUnder(clients, bucket, stems(keys), versions.value);
  if (!found.ok) return found;
  const objects = found.value.objects.filter(belongs);
  const marker = markerOf(objects);
  return okLookup({
    ...known,
    objects: lastIs(marker, objects),
    uploads: found.value.uploads.filter(belongs),
    ...definedOnly({ marker }),
  });
}

const publicationOf = (release: string): string => release.slice(0, release.lastIndexOf('@'));

/** A bucket tagged for another publication is not ours, whatever its name. Pure. */
export function isOurs(
  name: string,
  tags: Readonly<Record<string, string>>,
  { release, region, account }: { release: string; region: string; account?: string },
): boolean {
  const publication = publicationOf(release);
  const tagged = tags[tagKeys.release];
  if (tagged !== undefined) return publicationOf(tagged) === publication;
  const version = release.slice(publication.length + 1);
  return account !== undefined && name === ownBucketName({ name: publication, version }, region, account);
}

/** Undefined if it is missing. */
export async function textOfManifest(
  manifest: string,
  bucket: BucketAddress,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<string | undefined>> {
  const { objectText } = await s3();
  return objectText(clients, bucket, manifest, manifestLimit);
}

/** The parts in a manifest, or why they are unknown. */
export async function namedParts(
  manifest: string | undefined,
): Promise<{ names: string[] } | { unclear: string }> {
  if (manifest === undefined) return { unclear: 'its manifest is missing' };
  const { partsOfManifest } = await s3();
  try {
    return { names: await partsOfManifest(manifest) };
  } catch (error) {
    return { unclear: `its manifest cannot be read: ${(error as Error).message}` };
  }
}

const stems = (keys: ReadonlySet<string>): string[] => {
  const all = [...new Set([...keys].map((key) => stemOf(key) ?? key))].sort();
  return all.filter((stem) => !all.some((other) => other !== stem && stem.startsWith(other)));
};

async function objectsUnder(
  clients: Context['clients'],
  bucket: BucketAddress,
  prefixes: readonly string[],
  versions: boolean,
): Promise<Lookup<StoredObjects>> {
  const { findObjects } = await s3();
  const all: StoredObjects = { objects: [], uploads: [] };
  for (const prefix of prefixes) {
    const lookup = await findObjects(clients, bucket, prefix, { versions });
    if (!lookup.ok) return lookup;
    all.objects.push(...lookup.value.objects);
    all.uploads.push(...lookup.value.uploads);
  }
  return okLookup(all);
}

/** Parts first; the current version of the marker, which has the tags, at the very end. */
function lastIs(marker: string | undefined, objects: readonly StoredObject[]): StoredObject[] {
  const place = ({ key, isCurrent }: StoredObject) => (key !== marker ? 0 : isCurrent ? 2 : 1);
  return objects.toSorted((one, other) => place(one) - place(other));
}

/** The id of an AMI's bundle as a resource: `<bucket>/<prefix>`. */
export const bundleIdOf = (location: string): string => location.slice(0, -manifestEnd.length);

/** The keys of its objects, including its manifest's even if that is missing. Pure. */
export const keysOfBundle = ({ bucket, objects }: StoredBundle, location = '') => ({
  bucket: bucket.name,
  keys: [placeOfBundle(location).manifest, ...objects.map(({ key }) => key)],
});

/** The AMIs among these that are registered from a bundle's objects, under any name. Pure. */
export function usersAmong(
  images: readonly Pick<Ami, 'id' | 'state' | 'location'>[],
  { bucket, keys }: { bucket: string; keys: readonly string[] },
): string[] {
  const known = new Set(keys);
  const stemsOfIt = new Set(keys.map(stemOf));
  return images.filter(isUsable).flatMap(({ id, location = '' }) => {
    const { bucket: its, manifest } = placeOfBundle(location);
    if (its !== bucket) return [];
    return known.has(manifest) || stemsOfIt.has(stemOf(manifest) ?? manifest) ? [id] : [];
  });
}
