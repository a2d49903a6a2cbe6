import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import type { BucketAddress, BucketSettings } from '../aws/s3/buckets.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { poll } from '../lib/poll.ts';
import { ownBucketName } from '../model/bundle-names.ts';
import type { Lookup, LookupError } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import { s3 } from './s3.ts';
import { bucketAddress, isElsewhere } from './target-bundles.ts';

/** A bucket that was just made is not known everywhere at once, and S3 changes one thing of a bucket at a time. */
const passing = ['NoSuchBucket', 'OperationAborted'];

/**
 * Makes the buckets that the bundles of these targets go to, and checks those that are there. It may be run again after
 * any interruption: the tag comes last, and a bucket of our own name that is empty and has no tags yet is taken up.
 *
 * @throws ActionableError (4) that names every bucket that would not do, each with what mends it.
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
    `Nothing was built: bundles of instance-store images could not go where they should.\n${found.join('\n')}`,
    exitStatus.refused,
  );
}

/** What is wrong with it, once it was made or looked at; undefined where it will do. */
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
  if (release === undefined && Object.keys(tags.value).length === 0 && isOwnName(plan, bucket)) {
    return adoptBucket(plan, bucket, context);
  }
  return notThisReleases(plan, bucket, release);
}

const isOwnName = (
  { publication, version, account }: ReleasePlan,
  { name, region }: BucketAddress,
): boolean => name === ownBucketName({ name: publication, version }, region, account);

async function makeBucket(
  plan: ReleasePlan,
  bucket: BucketAddress,
  context: Context,
): Promise<string | undefined> {
  const { createBucket } = await s3();
  const made = await retryWhilePassing(() => createBucket(context.clients, bucket), context);
  if (!made.ok && made.error.code !== 'BucketAlreadyOwnedByYou')
    return describeBucketError(bucket, made.error);
  return applySettings(plan, bucket, context);
}

/** Where an earlier run was killed between making the bucket and tagging it. */
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

async function applySettings(
  plan: ReleasePlan,
  bucket: BucketAddress,
  context: Context,
): Promise<string | undefined> {
  const { blockPublicAccess, tagBucket } = await s3();
  const tags = { [tagKeys.release]: plan.release };
  const steps = [
    () => blockPublicAccess(context.clients, bucket),
    () => tagBucket(context.clients, bucket, tags),
  ];
  for (const step of steps) {
    const done = await retryWhilePassing(step, context);
    if (!done.ok) return describeBucketError(bucket, done.error);
  }
  return checkSettings(bucket, context);
}

const retryWhilePassing = <T>(step: () => Promise<Lookup<T>>, context: Context): Promise<Lookup<T>> =>
  poll(
    { clock: context.clock, every: consistencyPause(context, 2_000), tries: 10, stop: context.stop },
    step,
    (done) => done.ok || !passing.includes(done.error.code),
  );

async function checkSettings(bucket: BucketAddress, context: Context): Promise<string | undefined> {
  const { bucketSettings } = await s3();
  const settings = await retryWhilePassing(() => bucketSettings(context.clients, bucket), context);
  if (!settings.ok) return describeBucketError(bucket, settings.error);
  return settingsProblem(bucket, settings.value);
}

/** Pure. Where a bucket takes bundles, and gives them back when they are deleted. */
export function settingsProblem(
  { name, region }: BucketAddress,
  { ownership, versioning, blocksPublicAccess }: BucketSettings,
): string | undefined {
  const mend = (command: string) => `Mend it: aws s3api ${command} --region ${region} --bucket ${name}`;
  if (ownership === 'BucketOwnerEnforced') {
    return (
      `bucket ${name}: expected one that takes ACLs, since the AMI tools let EC2 read a bundle by one, found ACLs disabled. ` +
      `${mend('put-bucket-ownership-controls')} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerPreferred}]'`
    );
  }
  if (versioning !== 'never') {
    return (
      `bucket ${name}: expected one without versioning, found it ${versioning.toLowerCase()}: deleted bundles would stay and ` +
      'be paid for. S3 cannot take it back: empty and delete the bucket, or name another one in "bundle".'
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
      `bucket ${name}: expected public access to be blocked, found that it is not, or in part. ` +
      `${mend('put-public-access-block')} --public-access-block-configuration ${all.join(',')}`
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
    return `${expected}, found ${release}: another release keeps its bundles there. Put {version} into the name in "bundle".`;
  }
  return (
    `${expected}, found none: somebody made it for something else. Name another one in "bundle", or give it to this ` +
    `release, with all that lies in it: aws s3api put-bucket-tagging --region ${region} --bucket ${name} ` +
    `--tagging 'TagSet=[{Key=${tagKeys.release},Value=${plan.release}}]'`
  );
}

function describeBucketError({ name, region }: BucketAddress, error: LookupError): string {
  const { operation, code, message } = error;
  if (code === 'BucketAlreadyExists' || code === 'AccessDenied') {
    return (
      `bucket ${name}: expected one of this account, found that these credentials may not use it (${operation}: ${code}). ` +
      `Bucket names are shared by all of AWS: name another one in "bundle" if it is somebody else's; aws s3api head-bucket ` +
      `--bucket ${name} tells. If it is yours, allow ${operation}: docs/instance-store.md.`
    );
  }
  if (isElsewhere(error)) {
    return (
      `bucket ${name}: expected it in ${region}, found it in another region: EC2 takes bundles from its own region only. ` +
      `Put {region} into the name in "bundle"; aws s3api get-bucket-location --bucket ${name} tells where it is.`
    );
  }
  if (code === 'OperationAborted') {
    return (
      `bucket ${name}: S3 is still at work on that name (${operation} in ${region}: ${code}), as it may be for up to an hour ` +
      'after a bucket was deleted: run the same command again.'
    );
  }
  return `bucket ${name}: ${operation} in ${region}: ${code}: ${message}`;
}
