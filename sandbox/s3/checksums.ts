import { createHash } from 'node:crypto';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../model/bucket-records.ts';
import { crc32, crc32c, crc64nvme } from './crc.ts';
import { invalidArgument } from './errors.ts';

const digest = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest();

interface Algorithm {
  /** Bytes of its value. */
  length: number;
  of: (content: Buffer) => Buffer;
}

/** The S3 checksums that Node can compute; not the xxHashes ("Checking object integrity"). */
export const algorithms: Record<ChecksumAlgorithm, Algorithm> = {
  CRC32: { length: 4, of: crc32 },
  CRC32C: { length: 4, of: crc32c },
  CRC64NVME: { length: 8, of: crc64nvme },
  SHA1: { length: 20, of: digest('sha1') },
  SHA256: { length: 32, of: digest('sha256') },
  SHA512: { length: 64, of: digest('sha512') },
  MD5: { length: 16, of: digest('md5') },
};

/** The checksum members of requests, which every operation with content accepts. */
export const checksumMembers = [
  'ChecksumAlgorithm',
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumSHA1',
  'ChecksumSHA256',
  'ChecksumSHA512',
  'ChecksumMD5',
] as const;

/** The checksum of content in base64. */
export const checksumOf = (algorithm: ChecksumAlgorithm, content: Buffer): string =>
  algorithms[algorithm].of(content).toString('base64');

/** A composite checksum: the checksum of the parts' concatenated checksums. */
export const compositeOf = (algorithm: ChecksumAlgorithm, parts: string[]): string => {
  const all = Buffer.concat(parts.map((value) => Buffer.from(value, 'base64')));
  return `${checksumOf(algorithm, all)}-${parts.length}`;
};

/** The algorithm and value in an input; undefined if it has none. */
export const statedChecksum = (
  input: object,
): { algorithm: ChecksumAlgorithm; value: string } | undefined => {
  for (const algorithm of Object.keys(algorithms) as ChecksumAlgorithm[]) {
    const value = (input as Record<string, unknown>)[`Checksum${algorithm}`];
    if (typeof value === 'string') return { algorithm, value };
  }
  return undefined;
};

/** An algorithm by its name. Throws `InvalidArgument` if S3 does not have it, or the sandbox does not. */
export const algorithmNamed = (name: string): ChecksumAlgorithm => {
  if (!Object.hasOwn(algorithms, name)) {
    throw invalidArgument('Checksum algorithm provided is unsupported.', 'x-amz-checksum-algorithm', name);
  }
  return name as ChecksumAlgorithm;
};

/** S3's default for the checksum of a multipart upload, and the other types that it allows. */
export const checksumTypes: Record<ChecksumAlgorithm, readonly [ChecksumType, ...ChecksumType[]]> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
  SHA512: ['COMPOSITE'],
  MD5: ['COMPOSITE'],
};

/** A checksum as members of an answer. */
export const checksumView = ({ algorithm, value, type }: Checksum): Record<string, string> => ({
  [`Checksum${algorithm}`]: value,
  ChecksumType: type,
});
