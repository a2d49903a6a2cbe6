import type { Grant, Grantee } from '@aws-sdk/client-s3';
import { AwsError } from '../model/aws-error.ts';
import type { BucketRecord, CannedAcl } from '../model/bucket-records.ts';
import { accessDenied, invalidArgument } from './errors.ts';
import { canonicalId } from './owner.ts';

const ofBuckets = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'log-delivery-write',
];
const ofObjects = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
];

/** Whether an ACL grants access to everybody, or to everybody with an AWS account ("The meaning of public"). */
export const isPublic = (acl: CannedAcl): boolean =>
  acl === 'public-read' || acl === 'public-read-write' || acl === 'authenticated-read';

/** Whether EC2's own user may read an object with this ACL: its bucket has to have ACLs enabled, and may ignore public ACLs. */
export const isReadableByEc2 = (bucket: BucketRecord, acl: CannedAcl): boolean => {
  if (bucket.ownership === 'BucketOwnerEnforced') return false;
  if (acl === 'aws-exec-read') return true;
  return isPublic(acl) && bucket.publicAccessBlock?.IgnorePublicAcls !== true;
};

/** A bucket's canned ACL; private by default. Throws `InvalidArgument` for one that buckets do not have. */
export const bucketAcl = (acl: string | undefined): CannedAcl => oneOf(ofBuckets, acl);

/** ACLs that give the bucket owner full control, for buckets to which only the owner can write. */
const isFullControl: ReadonlySet<string> = new Set(['bucket-owner-full-control', 'private']);

/**
 * The ACL of an object that is being written to a bucket. Throws as S3 does ("Controlling ownership of objects"):
 * `AccessControlListNotSupported` if the bucket has ACLs disabled and the request sets anything but the bucket owner's full
 * control, to which `private` is equivalent if the owner writes (Ansible's amazon.aws tests it against AWS:
 * copy_object_acl_disabled_bucket.yml; redpanda-data/connect#4372); `AccessDenied` for a public one if public access is
 * blocked.
 */
export const objectAcl = (bucket: BucketRecord, acl: string | undefined): CannedAcl => {
  const canned = oneOf(ofObjects, acl);
  if (acl !== undefined && !isFullControl.has(acl)) checkAcls(bucket, canned);
  return bucket.ownership === 'BucketOwnerEnforced' ? 'private' : canned;
};

/** Throws if a bucket does not accept this ACL, for itself or for an object. */
export const checkAcls = (bucket: BucketRecord, acl: CannedAcl): void => {
  if (bucket.ownership === 'BucketOwnerEnforced') {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  if (isPublic(acl) && bucket.publicAccessBlock?.BlockPublicAcls) throw accessDenied();
};

const oneOf = (known: string[], acl: string | undefined): CannedAcl => {
  if (acl === undefined) return 'private';
  if (!known.includes(acl)) throw invalidArgument('The canned ACL is none that S3 has.', 'x-amz-acl', acl);
  return acl as CannedAcl;
};

const group = (name: string): Grantee => ({ Type: 'Group', URI: `http://acs.amazonaws.com/groups/${name}` });
const allUsers = group('global/AllUsers');
const logDelivery = group('s3/LogDelivery');

/** EC2's own user, which reads the bundles of AMIs ("Copy an AMI", the za-team account). */
const ec2: Grantee = {
  Type: 'CanonicalUser',
  ID: '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c',
};

/** The grants of a canned ACL besides the owner's full control ("Canned ACL"). */
const grants: Record<CannedAcl, Grant[]> = {
  private: [],
  'public-read': [{ Grantee: allUsers, Permission: 'READ' }],
  'public-read-write': [
    { Grantee: allUsers, Permission: 'READ' },
    { Grantee: allUsers, Permission: 'WRITE' },
  ],
  'authenticated-read': [{ Grantee: group('global/AuthenticatedUsers'), Permission: 'READ' }],
  'aws-exec-read': [{ Grantee: ec2, Permission: 'READ' }],
  'log-delivery-write': [
    { Grantee: logDelivery, Permission: 'WRITE' },
    { Grantee: logDelivery, Permission: 'READ_ACP' },
  ],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
};

/** An ACL as S3 shows it: the owner's full control, and the canned ACL's grants. */
export const aclView = (owner: string, acl: CannedAcl): { Owner: { ID: string }; Grants: Grant[] } => {
  const ID = canonicalId(owner);
  const own: Grant = { Grantee: { Type: 'CanonicalUser', ID }, Permission: 'FULL_CONTROL' };
  return { Owner: { ID }, Grants: [own, ...grants[acl]] };
};
