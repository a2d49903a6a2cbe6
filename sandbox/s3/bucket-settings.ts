import type {
  DeleteBucketOwnershipControlsRequest,
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetBucketOwnershipControlsOutput,
  GetBucketTaggingOutput,
  GetBucketVersioningOutput,
  GetPublicAccessBlockOutput,
  PutBucketAclRequest,
  PutBucketOwnershipControlsRequest,
  PutBucketTaggingRequest,
  PutBucketVersioningRequest,
  PutPublicAccessBlockRequest,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { BucketRecord, Ownership } from '../model/bucket-records.ts';
import { aclView, bucketAcl, checkAcls } from './acl.ts';
import { ownBucket, putBucket } from './bucket-access.ts';
import { invalidRequest, malformedXml } from './errors.ts';
import { tagLimits, tagsFrom, tagView } from './tags.ts';

type Which = DeleteBucketOwnershipControlsRequest;

const which = ['Bucket', 'ExpectedBucketOwner'] as const;
const written = [...which, 'ContentMD5', 'ChecksumAlgorithm'] as const;

const reading = <O extends object>(read: (bucket: BucketRecord) => O): Operation =>
  operation<Which, O>([...which], (context, input) => read(ownBucket(context, input)));

const changing =
  <I extends Which>(change: (bucket: BucketRecord, input: I) => BucketRecord) =>
  (context: Context, input: I): object => {
    putBucket(context, change(ownBucket(context, input), input));
    return {};
  };

const without = (bucket: BucketRecord, setting: 'ownership' | 'publicAccessBlock' | 'tags'): BucketRecord => {
  const { [setting]: _, ...rest } = bucket;
  return rest;
};

const removing = (setting: Parameters<typeof without>[1]): Operation =>
  operation<Which, object>(
    [...which],
    changing((bucket) => without(bucket, setting)),
  );

const ownerships: readonly string[] = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];

/** Throws `MalformedXML` for an unknown setting of object ownership. */
export const ownershipNamed = (name: string | undefined): Ownership => {
  if (name === undefined || !ownerships.includes(name)) throw malformedXml();
  return name as Ownership;
};

const withOwnership = (bucket: BucketRecord, ownership: Ownership): BucketRecord => {
  if (ownership === 'BucketOwnerEnforced' && bucket.acl !== 'private') {
    throw new AwsError(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  return { ...bucket, ownership };
};

const nothing = (code: string, message: string, { name }: BucketRecord): AwsError =>
  new AwsError(code, message, { details: { BucketName: name } });

/** S3's answer for a setting that no bucket of the sandbox ever has. */
const neverSet = (code: string, message: string): Operation =>
  reading((bucket) => {
    throw nothing(code, message, bucket);
  });

export const bucketSettingOperations: Record<string, Operation> = {
  GetBucketPolicy: neverSet('NoSuchBucketPolicy', 'The bucket policy does not exist'),
  GetObjectLockConfiguration: neverSet(
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  ),
  GetBucketOwnershipControls: reading<GetBucketOwnershipControlsOutput>((bucket) => {
    if (!bucket.ownership) {
      throw nothing('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', bucket);
    }
    return { OwnershipControls: { Rules: [{ ObjectOwnership: bucket.ownership }] } };
  }),
  PutBucketOwnershipControls: operation<PutBucketOwnershipControlsRequest, object>(
    [...written, 'OwnershipControls'],
    changing((bucket, { OwnershipControls }) => {
      const [rule, ...more] = OwnershipControls?.Rules ?? [];
      if (!rule || more.length > 0) throw malformedXml();
      return withOwnership(bucket, ownershipNamed(rule.ObjectOwnership));
    }),
  ),
  DeleteBucketOwnershipControls: removing('ownership'),
  GetPublicAccessBlock: reading<GetPublicAccessBlockOutput>((bucket) => {
    if (!bucket.publicAccessBlock) {
      throw nothing(
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
        bucket,
      );
    }
    return { PublicAccessBlockConfiguration: bucket.publicAccessBlock };
  }),
  PutPublicAccessBlock: operation<PutPublicAccessBlockRequest, object>(
    [...written, 'PublicAccessBlockConfiguration'],
    changing((bucket, { PublicAccessBlockConfiguration: block = {} }) => ({
      ...bucket,
      publicAccessBlock: {
        BlockPublicAcls: block.BlockPublicAcls ?? false,
        IgnorePublicAcls: block.IgnorePublicAcls ?? false,
        BlockPublicPolicy: block.BlockPublicPolicy ?? false,
        RestrictPublicBuckets: block.RestrictPublicBuckets ?? false,
      },
    })),
  ),
  DeletePublicAccessBlock: removing('publicAccessBlock'),
  GetBucketVersioning: reading<GetBucketVersioningOutput>(({ versioning }) =>
    versioning === undefined ? {} : { Status: versioning },
  ),
  PutBucketVersioning: operation<PutBucketVersioningRequest, object>(
    [...written, 'VersioningConfiguration'],
    changing((bucket, { VersioningConfiguration: { Status, MFADelete } = {} }) => {
      if (MFADelete === 'Enabled')
        throw invalidRequest('Versioning with MFA delete needs the MFA of a root user.');
      if (Status !== 'Enabled' && Status !== 'Suspended') {
        throw new AwsError(
          'IllegalVersioningConfigurationException',
          'The Versioning element must be specified',
        );
      }
      return { ...bucket, versioning: Status };
    }),
  ),
  GetBucketTagging: reading<GetBucketTaggingOutput>((bucket) => {
    if (!bucket.tags) throw nothing('NoSuchTagSet', 'The TagSet does not exist', bucket);
    return { TagSet: tagView(bucket.tags) };
  }),
  PutBucketTagging: operation<PutBucketTaggingRequest, object>(
    [...written, 'Tagging'],
    changing((bucket, { Tagging }) => {
      if (!Tagging?.TagSet) throw malformedXml();
      if (Tagging.TagSet.length === 0) return without(bucket, 'tags');
      return { ...bucket, tags: tagsFrom(Tagging.TagSet, tagLimits.bucket) };
    }),
  ),
  DeleteBucketTagging: removing('tags'),
  GetBucketAcl: operation<GetBucketAclRequest, GetBucketAclOutput>([...which], (context, input) => {
    const bucket = ownBucket(context, input);
    return aclView(bucket.owner, bucket.acl);
  }),
  PutBucketAcl: operation<PutBucketAclRequest, object>(
    [...written, 'ACL'],
    changing((bucket, { ACL }) => {
      if (ACL === undefined) throw invalidRequest('Missing required header for this request: x-amz-acl');
      const acl = bucketAcl(ACL);
      checkAcls(bucket, acl);
      return { ...bucket, acl };
    }),
  ),
};
