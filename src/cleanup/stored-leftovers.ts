import type { Context } from '../aws/context.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import type { StoredObjects } from '../aws/s3/stored-objects.ts';
import { partsReader, whyNeededBy } from '../instance-store/bundle-users.ts';
import { markedBundles, taggedBuckets } from '../instance-store/marked-bundles.ts';
import { s3 } from '../instance-store/s3.ts';
import { bundlesAmong, stemOf } from '../instance-store/stored-bundle.ts';
import type { Ami } from '../model/ami.ts';
import { ownBucketName } from '../model/bundle-names.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { Leftover } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { type Times, whyLeft } from './age.ts';

/**
 * Bundles in this publication's own buckets that no AMI was registered from, and those buckets that are empty without them. A
 * bucket in which a cleanup was interrupted is left to `lookUpInterrupted`.
 */
export async function lookUpStoredLeftovers(
  publication: string,
  region: string,
  images: readonly Ami[],
  options: Times & { account: string },
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<Leftover[]>> {
  const { isVersioned, findObjects } = await s3();
  const buckets = await taggedBuckets(region, options.account, { clients });
  if (!buckets.ok) return buckets;
  const readParts = partsReader({ clients });
  const found: Leftover[] = [];
  for (const { bucket, created, tags } of buckets.value) {
    const release = releaseOfBundle(publication, bucket, tags);
    if (release === undefined) continue;
    const versions = await isVersioned(clients, bucket);
    if (!versions.ok) return versions;
    const content = await findObjects(clients, bucket, '', { versions: versions.value });
    if (!content.ok) return content;
    const marked =
      tags[tagKeys.deregistered] === undefined ? okLookup([]) : await markedBundles(bucket, { clients });
    if (!marked.ok) return marked;
    const interrupted = new Set(marked.value.map(({ location }) => location));
    const bundles: Leftover[] = [];
    for (const { keys, ...bundle } of leftBundles(content.value, { bucket, release }, options)) {
      if (interrupted.has(`${bundle.id}.manifest.xml`)) continue;
      const needed = await whyNeededBy(images, bucket, keys, readParts);
      if (!needed.ok) return needed;
      if (needed.value === undefined) bundles.push(bundle);
    }
    found.push(...bundles);
    const reason = whyLeft(release, created, options);
    const ids = new Set(bundles.map(({ id }) => id));
    const keys = [...content.value.objects, ...content.value.uploads].map(({ key }) => key);
    const isEmptyThen = keys.every((key) => ids.has(`${bucket.name}/${(stemOf(key) ?? key).slice(0, -1)}`));
    if (reason !== undefined && isEmptyThen && tags[tagKeys.deregistered] === undefined) {
      found.push({ kind: 'bucket', id: bucket.name, region, release, reason });
    }
  }
  return okLookup(found);
}

/**
 * The release of a bucket, by its tag. A bucket without any tag but with a name of gopackgo's was created by a run that was
 * killed before it could tag it; its release follows from the name.
 */
function releaseOfBundle(
  publication: string,
  { name, region, account = '' }: BucketAddress,
  tags: Readonly<Record<string, string>>,
): string | undefined {
  const tagged = tags[tagKeys.release];
  if (tagged !== undefined) return tagged.startsWith(`${publication}@`) ? tagged : undefined;
  if (Object.keys(tags).length > 0) return undefined;
  const [before, after] = ownBucketName({ name: publication, version: 'x' }, region, account).split('-x-');
  if (before === undefined || after === undefined) return undefined;
  const version = name.startsWith(`${before}-`) && name.endsWith(`-${after}`);
  return version ? `${publication}@${name.slice(before.length + 1, -(after.length + 1))}` : undefined;
}

/** Pure. */
function leftBundles(
  content: StoredObjects,
  { bucket, release }: { bucket: BucketAddress; release: string },
  times: Times,
): (Leftover & { keys: string[] })[] {
  return [...bundlesAmong(content)].flatMap(([stem, { objects, uploads }]) => {
    const keys = [`${stem}manifest.xml`, ...[...objects, ...uploads].map(({ key }) => key)];
    const written = [...objects.map(({ modified }) => modified), ...uploads.map(({ started }) => started)];
    const reason = whyLeft(release, written.sort().at(-1), times);
    if (reason === undefined) return [];
    const prefix = stem.slice(0, -1);
    const of = { region: bucket.region, target: `${bucket.region}-${prefix}`, release };
    return [{ kind: 'bundle', id: `${bucket.name}/${prefix}`, ...of, reason, keys }];
  });
}
