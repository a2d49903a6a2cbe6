/** A bucket. Bucket names are unique across all accounts and regions, so buckets are stored under no account and region. */
export interface BucketRecord {
  name: string;
  /** Account id. */
  owner: string;
  region: string;
  createdAt: string;
  /** Absent after its ownership controls were deleted, which counts as `ObjectWriter`. */
  ownership?: Ownership;
  /** Absent after it was deleted; then nothing is blocked. */
  publicAccessBlock?: PublicAccessBlock;
  /** Absent until versioning is set for the first time. */
  versioning?: 'Enabled' | 'Suspended';
  acl: CannedAcl;
  tags?: Record<string, string>;
}

export type Ownership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

export interface PublicAccessBlock {
  BlockPublicAcls: boolean;
  IgnorePublicAcls: boolean;
  BlockPublicPolicy: boolean;
  RestrictPublicBuckets: boolean;
}

export type CannedAcl =
  | 'private'
  | 'public-read'
  | 'public-read-write'
  | 'authenticated-read'
  | 'aws-exec-read'
  | 'log-delivery-write'
  | 'bucket-owner-read'
  | 'bucket-owner-full-control';

/** All versions under one key, newest first. Without versioning, one version with the id `null`. */
export interface ObjectRecord {
  key: string;
  versions: Version[];
}

export type Version = ObjectVersion | DeleteMarker;

interface AnyVersion {
  /** 32 characters, or `null`. */
  id: string;
  /** Larger is newer, within its key. */
  order: number;
  /** To the second, as S3 shows it. */
  modifiedAt: string;
}

export interface DeleteMarker extends AnyVersion {
  isMarker: true;
}

export interface ObjectVersion extends AnyVersion, ObjectProperties {
  isMarker: false;
  /** Without quotation marks. */
  etag: string;
  size: number;
  content: Piece[];
  checksum: Checksum;
  /** The number of parts it was uploaded in, if it was. */
  parts?: number;
}

/** The properties of an object in a request, besides its content. */
export interface ObjectProperties {
  acl: CannedAcl;
  metadata: Record<string, string>;
  /** `ContentType` and similar, by member name. */
  headers: Record<string, string>;
  tags?: Record<string, string>;
}

/** A file in the content folder. */
export interface Piece {
  file: string;
  size: number;
}

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' | 'SHA512' | 'MD5';
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  algorithm: ChecksumAlgorithm;
  type: ChecksumType;
  /** Base64; a composite one ends in `-N`, the number of parts. */
  value: string;
}

export interface UploadRecord {
  id: string;
  order: number;
  key: string;
  startedAt: string;
  properties: ObjectProperties;
  /** Absent if the request named none: parts then need none, and the whole object gets a CRC64NVME. */
  checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
  /** After completion: the answer, which is repeated for later requests. */
  completed?: Record<string, unknown>;
}

export interface PartRecord {
  number: number;
  modifiedAt: string;
  etag: string;
  size: number;
  content: Piece;
  checksum?: { algorithm: ChecksumAlgorithm; value: string };
}
