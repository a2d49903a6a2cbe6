import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import type { BucketAddress, BucketSettings } from '../aws/s3/buckets.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { poll } from '../lib/poll.ts';
import { inBucketName, ownBucketName } from '../model/bundle-names.ts';
import type { Lookup, LookupError } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import { s3 } from './s3.ts';
import { bucketAddress, isElsewhere } from './target-bundles.ts';

/** A bucket that was just created is not known everywhere at once, and S3 makes one change to a bucket at a time. */
const transientCodes = ['NoSuchBucket', 'OperationAborted'];

/**
 * Creates the buckets for the bundles of these targets, and checks existing ones. It may run again after any interruption: the
 * tag comes last, and a bucket is adopted if its name is this release's own and it is empty and untagged.
 *
 * @throws ActionableError (4) that lists every unusable bucket, each with the command that fixes it.
 */
export async function ensureBuckets(
  plan: ReleasePlan,
  targets: readonly Target[],
  context: Context,
): Promise<void> {
  const wanted = new Map(
    targets.flatMap(({ region, bundle }) =>
      bundle ? [[bundle.bucket, bucketAddress(plan, region, bundle.bucket)] as const] : [],
    ),
  );
  const problems = await Promise.all(
    [...wanted.values()].map((bucket) => ensureBucket(plan, bucket, context)),
  );
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0) return;
  throw new ActionableError(
    'bucket-unusable',
    `Nothing was built: the buckets for instance-store bundles are not usable.\n${found.join('\n')}`,
  );
}

/** Why the bucket is unusable after it was created or checked; undefined if it is usable. */
async function ensureBucket(
  plan: ReleasePlan,
  bucket: BucketAddress,
  context: Context,
): Promise<string | undefined> {
  const { bucketTags } = await s3();
  const tags = await bucketTags(context.clients, bucket);
  if (!tags.ok) return describeBucketError(bucket, tags.error);
  if (tags.value === undefined) return makeBucket(plan, bucket, context);
  const release = tags.value[tagKeys.release];
  if (release === plan.release) return checkSettings(bucket, context);
  if (release === undefined && Object.keys(tags.value).length === 0 && isNamedAfter(plan, bucket)) {
    return adoptBucket(plan, bucket, context);
  }
  return notThisReleases(plan, bucket, release);
}

/**
 * Whether a bucket can only have been created for this release: its name is the generated one, or one in the config that
 * contains the version. Any other empty bucket may be waiting for someone else's objects. Pure.
 */
function isNamedAfter(
  { publication, version, account }: ReleasePlan,
  { name, region }: BucketAddress,
): boolean {
  if (name === ownBucketName({ name: publication, version }, region, account)) return true;
  return `-${name}-`.includes(`-${inBucketName(version)}-`);
}

async function makeBucket(
  plan: ReleasePlan,
  bucket: BucketAddress,
  context: Context,
): Promise<string | undefined> {
  const { createBucket } = await s3();
  const made = await retryTransient(() => createBucket(context.clients, bucket), context);
  if (!made.ok && made.error.code !== 'BucketAlreadyOwnedByYou')
    return describeBucketError(bucket, made.error);
  return applySettings(plan, bucket, context);
}

/** For a run that was killed between creating the bucket and tagging it. */
async function adoptBucket(
  plan: ReleasePlan,
  bucket: BucketAddress,
  context: Context,
): Promise<string | undefined> {
  const { isEmptyBucket } = await s3();
  const empty = await isEmptyBucket(context.clients, bucket);
  if (!empty.ok) return describeBucketError(bucket, empty.error);
  return empty.value ? applySettings(plan, bucket, context) : notThisReleases(plan, bucket, undefined);
}

/**
 * S3 blocks public access to new buckets by itself since April 2023 ("Default settings for new S3 buckets"); if it does not,
 * this sets it.
 */
async function applySettings(
  plan: ReleasePlan,
  bucket: BucketAddress,
  context: Context,
): Promise<string | undefined> {
  const { blockPublicAccess, bucketSettings, tagBucket } = await s3();
  const look = () => retryTransient(() => bucketSettings(context.clients, bucket), context);
  let settings = await look();
  if (settings.ok && !settings.value.blocksPublicAccess) {
    const blocked = await retryTransient(() => blockPublicAccess(context.clients, bucket), context);
    if (!blocked.ok) return describeBucketError(bucket, blocked.error);
    settings = await look();
  }
  if (!settings.ok) return describeBucketError(bucket, settings.error);
  const problem = settingsProblem(bucket, settings.value);
  if (problem !== undefined) return problem;
  const tags = { [tagKeys.release]: plan.release };
  const tagged = await retryTransient(() => tagBucket(context.clients, bucket, tags), context);
  return tagged.ok ? undefined : describeBucketError(bucket, tagged.error);
}

const retryTransient = <T>(step: () => Promise<Lookup<T>>, context: Context): Promise<Lookup<T>> =>
  poll(
    { clock: context.clock, every: consistencyPause(context, 2_000), tries: 10, stop: context.stop },
    step,
    (done) => done.ok || !transientCodes.includes(done.error.code),
  );

async function checkSettings(bucket: BucketAddress, context: Context): Promise<string | undefined> {
  const { bucketSettings } = await s3();
  const settings = await retryTransient(() => bucketSettings(context.clients, bucket), context);
  if (!settings.ok) return describeBucketError(bucket, settings.error);
  return settingsProblem(bucket, settings.value);
}

/** Why a bucket's settings do not suit bundles: it has to accept ACLs, and free the space of deleted bundles. Pure. */
export function settingsProblem(
  { name, region }: BucketAddress,
  { ownership, versioning, blocksPublicAccess }: BucketSettings,
): string | undefined {
  const fix = (command: string) => `Fix it: aws s3api ${command} --region ${region} --bucket ${name}`;
  if (ownership === 'BucketOwnerEnforced') {
    return (
      `bucket ${name}: expected ACLs to be enabled, since the AMI tools use one to let EC2 read a bundle, found them disabled. ` +
      `${fix('put-bucket-ownership-controls')} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerPreferred}]'`
    );
  }
  if (versioning !== 'never') {
    return (
      `bucket ${name}: expected one without versioning, found it ${versioning.toLowerCase()}: deleted bundles would stay and ` +
      'cost money. S3 cannot undo it: empty and delete the bucket, or use another one in "bundle".'
    );
  }
  if (!blocksPublicAccess) {
    const all = [
      'BlockPublicAcls=true',
      'IgnorePublicAcls=true',
      'BlockPublicPolicy=true',
      'RestrictPublicBuckets=true',
    ];
    return (
      `bucket ${name}: expected block public access to be on, found it off or partly on. ` +
      `${fix('put-public-access-block')} --public-access-block-configuration ${all.join(',')}`
    );
  }
  return undefined;
}

function notThisReleases(
  plan: ReleasePlan,
  { name, region }: BucketAddress,
  release: string | undefined,
): string {
  const expected = `bucket ${name}: expected the tag ${tagKeys.release}=${plan.release}`;
  if (release !== undefined) {
    return `${expected}, found ${release}: it belongs to another release. Add {version} to the name in "bundle".`;
  }
  return (
    `${expected}, found none: it was created for something else. Use another one in "bundle", or assign it to this ` +
    `release with all its content: aws s3api put-bucket-tagging --region ${region} --bucket ${name} ` +
    `--tagging 'TagSet=[{Key=${tagKeys.release},Value=${plan.release}}]'`
  );
}

function describeBucketError({ name, region }: BucketAddress, error: LookupError): string {
  const { operation, code, message } = error;
  if (code === 'BucketAlreadyExists' || code === 'AccessDenied') {
    return (
      `bucket ${name}: expected one of this account, found one that these credentials may not use (${operation}: ${code}). ` +
      `Bucket names are unique across AWS: if it belongs to another account (check: aws s3api head-bucket --bucket ${name}), ` +
      `use another one in "bundle". If it is yours, allow ${operation}: docs/instance-store.md.`
    );
  }
  if (isElsewhere(error)) {
    return (
      `bucket ${name}: expected it in ${region}, found it in another region: EC2 reads bundles from its own region only. ` +
      `Add {region} to the name in "bundle". Its region: aws s3api get-bucket-location --bucket ${name}`
    );
  }
  if (code === 'OperationAborted') {
    return (
      `bucket ${name}: S3 is still deleting a bucket of that name (${operation} in ${region}: ${code}), which can take an hour: ` +
      'run the same command again.'
    );
  }
  return `bucket ${name}: ${operation} in ${region}: ${code}: ${message}`;
}
