import { consistencyPause } from '../aws/consistency-pause.ts';
import type { World } from '../aws/context.ts';
import type { BucketAddress, BucketSettings } from '../aws/s3/buckets.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { poll } from '../lib/poll.ts';
import { ownBucketName } from '../model/bundle-names.ts';
import type { Look, LookError } from '../model/lookup.ts';
import type { Plan, Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import { bucketOf, isElsewhere } from './target-bundles.ts';

/** A bucket that was just made is not known everywhere at once, and S3 changes one thing of a bucket at a time. */
const passing = ['NoSuchBucket', 'OperationAborted'];

/**
 * Makes the buckets that the bundles of these targets go to, and checks those that are there. It may be run again after
 * any interruption: the tag comes last, and a bucket of our own name that is empty and has no tags yet is taken up.
 *
 * @throws ActionableError (4) that names every bucket that would not do, each with what mends it.
 */
export async function ensureBuckets(plan: Plan, targets: readonly Target[], world: World): Promise<void> {
  const wanted = new Map(
    targets.flatMap(({ region, bundle }) =>
      bundle ? [[bundle.bucket, bucketOf(plan, region, bundle.bucket)] as const] : [],
    ),
  );
  const problems = await Promise.all([...wanted.values()].map((bucket) => ensureBucket(plan, bucket, world)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0) return;
  throw new ActionableError(
    `Nothing was built: bundles of instance-store images could not go where they should.\n${found.join('\n')}`,
    exitStatus.refused,
  );
}

/** What is wrong with it, once it was made or looked at; undefined where it will do. */
async function ensureBucket(plan: Plan, bucket: BucketAddress, world: World): Promise<string | undefined> {
  const { bucketTags } = await import('../aws/s3/buckets.ts');
  const tags = await bucketTags(world.clients, bucket);
  if (!tags.ok) return refusal(bucket, tags.error);
  if (tags.value === undefined) return makeBucket(plan, bucket, world);
  const release = tags.value[tagKeys.release];
  if (release === plan.release) return checkSettings(bucket, world);
  if (release === undefined && Object.keys(tags.value).length === 0 && isOwnName(plan, bucket)) {
    return takeUp(plan, bucket, world);
  }
  return notThisReleases(plan, bucket, release);
}

const isOwnName = ({ publication, version, account }: Plan, { name, region }: BucketAddress): boolean =>
  name === ownBucketName({ name: publication, version }, region, account);

async function makeBucket(plan: Plan, bucket: BucketAddress, world: World): Promise<string | undefined> {
  const { createBucket } = await import('../aws/s3/buckets.ts');
  const made = await patiently(() => createBucket(world.clients, bucket), world);
  if (!made.ok && made.error.code !== 'BucketAlreadyOwnedByYou') return refusal(bucket, made.error);
  return finish(plan, bucket, world);
}

/** Where an earlier run was killed between making the bucket and tagging it. */
async function takeUp(plan: Plan, bucket: BucketAddress, world: World): Promise<string | undefined> {
  const { isEmptyBucket } = await import('../aws/s3/buckets.ts');
  const empty = await isEmptyBucket(world.clients, bucket);
  if (!empty.ok) return refusal(bucket, empty.error);
  return empty.value ? finish(plan, bucket, world) : notThisReleases(plan, bucket, undefined);
}

async function finish(plan: Plan, bucket: BucketAddress, world: World): Promise<string | undefined> {
  const { blockPublicAccess, tagBucket } = await import('../aws/s3/buckets.ts');
  const tags = { [tagKeys.release]: plan.release };
  const steps = [
    () => blockPublicAccess(world.clients, bucket),
    () => tagBucket(world.clients, bucket, tags),
  ];
  for (const step of steps) {
    const done = await patiently(step, world);
    if (!done.ok) return refusal(bucket, done.error);
  }
  return checkSettings(bucket, world);
}

const patiently = <T>(step: () => Promise<Look<T>>, world: World): Promise<Look<T>> =>
  poll(
    { clock: world.clock, every: consistencyPause(world, 2_000), tries: 10, stop: world.stop },
    step,
    (done) => done.ok || !passing.includes(done.error.code),
  );

async function checkSettings(bucket: BucketAddress, world: World): Promise<string | undefined> {
  const { bucketSettings } = await import('../aws/s3/buckets.ts');
  const settings = await patiently(() => bucketSettings(world.clients, bucket), world);
  if (!settings.ok) return refusal(bucket, settings.error);
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

function notThisReleases(plan: Plan, { name, region }: BucketAddress, release: string | undefined): string {
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

function refusal({ name, region }: BucketAddress, error: LookError): string {
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
