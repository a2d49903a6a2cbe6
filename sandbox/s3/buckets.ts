import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { BucketRecord, CannedAcl, Ownership } from '../model/bucket-records.ts';
import { regionNames } from '../model/regions.ts';
import { isOn } from '../state/stored-settings.ts';
import { bucketAcl, isPublic } from './acl.ts';
import { anyBucket, bucketsIn, mayRead, ownBucket, putBucket } from './bucket-access.ts';
import { checkBucketName } from './bucket-names.ts';
import { ownershipNamed } from './bucket-settings.ts';
import { dropContent } from './content.ts';
import { accessDenied, invalidArgument } from './errors.ts';
import { compareKeys } from './key-order.ts';
import { objectsIn } from './objects.ts';
import { canonicalId } from './owner.ts';
import { tagLimits, tagsFrom } from './tags.ts';
import { partsOf, uploadsIn } from './uploads.ts';
import { wholeSecond } from './versions.ts';

const usEast = 'us-east-1';

/** S3's old name for Ireland, from before regions had names. */
const regionOf = (constraint: string): string => (constraint === 'EU' ? 'eu-west-1' : constraint);

/**
 * The region of a new bucket ("CreateBucket", LocationConstraint): without a constraint us-east-1, at its endpoints; at the
 * global endpoint any region; at a regional endpoint only that region, which has to be named.
 */
const placeFor = ({ store, account, region, isGlobal }: Context, constraint: string | undefined): string => {
  if (constraint === undefined) {
    if (region === usEast) return usEast;
    throw illegalConstraint('unspecified');
  }
  const wanted = regionOf(constraint);
  if (region !== usEast && wanted !== region) throw illegalConstraint(constraint);
  if (!regionNames.has(wanted) || wanted === usEast) {
    throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      details: { LocationConstraint: constraint },
    });
  }
  if (wanted !== region && !isGlobal) throw illegalConstraint(constraint);
  if (!isOn(store, account, wanted)) throw illegalConstraint(constraint);
  return wanted;
};

const illegalConstraint = (constraint: string): AwsError =>
  new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );

/**
 * A new bucket's own ACL. It is checked against the rules that a bucket has from the start: ACLs disabled, public access
 * blocked.
 */
const aclOf = (acl: string | undefined, ownership: Ownership): CannedAcl => {
  const canned = bucketAcl(acl);
  if (canned !== 'private' && ownership === 'BucketOwnerEnforced') {
    throw new AwsError(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if (isPublic(canned)) {
    throw new AwsError(
      'InvalidBucketAclWithBlockPublicAccessError',
      'Bucket cannot have public ACLs set with BlockPublicAccess enabled',
    );
  }
  return canned;
};

const blockAll = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Throws if the name is taken; true if it is the caller's own bucket in us-east-1, which S3 accepts. */
const isThereAlready = ({ store, account }: Context, name: string, region: string): boolean => {
  const taken = bucketsIn(store).get(name);
  if (!taken) return false;
  const details = { details: { BucketName: name } };
  if (taken.owner !== account) {
    throw new AwsError(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      details,
    );
  }
  if (taken.region === usEast && region === usEast) return true;
  throw new AwsError(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    details,
  );
};

const createBucket = (context: Context, input: CreateBucketRequest): CreateBucketOutput => {
  const { Bucket: name = '', CreateBucketConfiguration: { LocationConstraint, Tags, ...more } = {} } = input;
  const [unknown] = Object.keys(more);
  if (unknown) throw notImplemented(`s3:CreateBucket with ${unknown}`);
  if (context.account === '') throw accessDenied();
  checkBucketName(name);
  const region = placeFor(context, LocationConstraint);
  const ownership = input.ObjectOwnership ? ownershipNamed(input.ObjectOwnership) : 'BucketOwnerEnforced';
  const acl = aclOf(input.ACL, ownership);
  if (!isThereAlready(context, name, region)) {
    putBucket(context, {
      name,
      owner: context.account,
      region,
      createdAt: wholeSecond(context.now),
      ownership,
      publicAccessBlock: blockAll,
      acl,
      ...(Tags ? { tags: tagsFrom(Tags, tagLimits.bucket) } : {}),
    });
  }
  return { Location: region === usEast ? `/${name}` : `http://${name}.s3.amazonaws.com/` };
};

const deleteBucket = (context: Context, input: DeleteBucketRequest): object => {
  const bucket = ownBucket(context, input);
  if (objectsIn(context, bucket).list().length > 0) {
    const message =
      bucket.versioning === undefined
        ? 'The bucket you tried to delete is not empty'
        : 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.';
    throw new AwsError('BucketNotEmpty', message, { details: { BucketName: bucket.name } });
  }
  for (const { id } of uploadsIn(context, bucket).list()) {
    for (const part of partsOf(context, bucket, id).list()) {
      partsOf(context, bucket, id).delete(String(part.number));
      dropContent(context, [part.content]);
    }
    uploadsIn(context, bucket).delete(id);
  }
  bucketsIn(context.store).delete(bucket.name);
  return {};
};

const listBuckets = ({ store, account }: Context, input: ListBucketsRequest): ListBucketsOutput => {
  if (account === '') throw accessDenied();
  const { MaxBuckets, Prefix = '', BucketRegion, ContinuationToken } = input;
  if (MaxBuckets !== undefined && (MaxBuckets < 1 || MaxBuckets > 10_000)) {
    throw invalidArgument(
      'Argument max-buckets must be an integer between 1 and 10000',
      'max-buckets',
      String(MaxBuckets),
    );
  }
  const past =
    ContinuationToken === undefined ? '' : Buffer.from(ContinuationToken, 'base64').toString('utf8');
  if (past !== '' && !bucketsIn(store).get(past)) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', past);
  }
  const buckets = bucketsIn(store)
    .list()
    .filter(({ owner, name }) => owner === account && name.startsWith(Prefix) && compareKeys(name, past) > 0)
    .filter(({ region }) => BucketRegion === undefined || BucketRegion === region)
    .sort((a, b) => compareKeys(a.name, b.name));
  const shown = buckets.slice(0, MaxBuckets ?? buckets.length);
  const last = shown.at(-1)?.name ?? '';
  return {
    Buckets: shown.map(({ name, createdAt, region }) => ({
      Name: name,
      CreationDate: new Date(createdAt),
      BucketRegion: region,
    })),
    Owner: { ID: canonicalId(account) },
    ...(input.Prefix === undefined ? {} : { Prefix }),
    ...(shown.length < buckets.length ? { ContinuationToken: Buffer.from(last).toString('base64') } : {}),
  };
};

/** us-east-1 answers this for buckets of any region ("GetBucketLocation"), and returns nothing for its own. */
const bucketLocation = (context: Context, input: GetBucketLocationRequest): GetBucketLocationOutput => {
  const known = bucketsIn(context.store).get(input.Bucket ?? '');
  const region = context.region === usEast && known ? known.region : context.region;
  const bucket: BucketRecord = ownBucket({ ...context, region }, input);
  return bucket.region === usEast
    ? {}
    : { LocationConstraint: bucket.region as NonNullable<GetBucketLocationOutput['LocationConstraint']> };
};

export const bucketOperations: Record<string, Operation> = {
  CreateBucket: operation<CreateBucketRequest, CreateBucketOutput>(
    ['ACL', 'Bucket', 'CreateBucketConfiguration', 'ObjectOwnership'],
    createBucket,
  ),
  DeleteBucket: operation<DeleteBucketRequest, object>(['Bucket', 'ExpectedBucketOwner'], deleteBucket),
  HeadBucket: operation<HeadBucketRequest, HeadBucketOutput>(
    ['Bucket', 'ExpectedBucketOwner'],
    (context, input) => {
      const bucket = anyBucket(context, input);
      const headers = { 'x-amz-bucket-region': bucket.region };
      if (!mayRead(context, bucket, bucket.acl))
        throw new AwsError('AccessDenied', 'Access Denied', { headers });
      return { BucketRegion: bucket.region, AccessPointAlias: false };
    },
  ),
  ListBuckets: operation<ListBucketsRequest, ListBucketsOutput>(
    ['BucketRegion', 'ContinuationToken', 'MaxBuckets', 'Prefix'],
    listBuckets,
  ),
  GetBucketLocation: operation<GetBucketLocationRequest, GetBucketLocationOutput>(
    ['Bucket', 'ExpectedBucketOwner'],
    bucketLocation,
  ),
};
