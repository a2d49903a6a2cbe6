import { createHash } from 'node:crypto';
import type { BucketLocationConstraint, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { createRequestHandler } from '../../wire/request-handler.ts';
import type { Printed, ToolWorld } from './tool.ts';

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** S3 as `ec2-upload-bundle` uses it. Each method throws `S3Error` if S3 refuses. */
export interface BundleStore {
  /** The region of a bucket; undefined if it does not exist. */
  regionOf(bucket: string): Promise<string | undefined>;
  createBucket(bucket: string, region: string | undefined): Promise<void>;
  put(bucket: string, key: string, content: Buffer, acl: 'public-read' | 'aws-exec-read'): Promise<void>;
}

/** S3's answer in the tool's format: `Server.AccessDenied(403): Access Denied`. */
export class S3Error extends Error {
  readonly status: number | undefined;
  /** The bucket's region, if S3 says that it is in another one. */
  readonly region: string | undefined;

  constructor(message: string, { status, region }: { status?: number; region?: string | undefined } = {}) {
    super(message);
    this.status = status;
    this.region = region;
  }
}

const usEast = 'us-east-1';

/** A real S3 client that reaches the embedded AWS without a socket and does not retry. */
export const openBundleStore = async (
  handle: ToolWorld['handle'],
  { region, keys, printed }: { region: string; keys: Keys; printed: Printed },
): Promise<BundleStore> => {
  const s3 = await import('@aws-sdk/client-s3');
  const client: S3Client = new s3.S3Client({
    region,
    credentials: keys,
    maxAttempts: 1,
    customUserAgent: 'ec2-ami-tools',
    // Explicit: the user's environment and AWS configuration must not apply here, and would not work.
    endpoint: `https://s3.${region}.amazonaws.com/`,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    requestHandler: createRequestHandler({ handle }),
  });
  const ask = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw s3ErrorOf(error, printed);
    }
  };
  return {
    async regionOf(Bucket) {
      try {
        const answer = await ask(client.send(new s3.GetBucketLocationCommand({ Bucket })));
        const constraint = answer.LocationConstraint as string | undefined;
        return constraint === 'EU' ? 'eu-west-1' : (constraint ?? usEast);
      } catch (error) {
        // The tool follows S3's redirect to the bucket's own region.
        if (error instanceof S3Error && error.region !== undefined) return error.region;
        if (error instanceof S3Error && error.status === 404) return undefined;
        throw error;
      }
    },
    async createBucket(Bucket, location) {
      const LocationConstraint = location as BucketLocationConstraint | undefined;
      const place =
        location === undefined || location === usEast
          ? {}
          : { CreateBucketConfiguration: { LocationConstraint } };
      await ask(client.send(new s3.CreateBucketCommand({ Bucket, ...place })));
    },
    async put(Bucket, Key, Body, ACL) {
      const ContentMD5 = createHash('md5').update(Body).digest('base64');
      await ask(client.send(new s3.PutObjectCommand({ Bucket, Key, Body, ACL, ContentMD5 })));
    },
  };
};

/**
 * If S3 forbids a request, the tool signs it again in the old way, which S3 refuses for buckets created since June 2020
 * ("Signature Version 2"); the tool fails with that error.
 */
const s3ErrorOf = (error: unknown, { stderr }: Printed): S3Error => {
  if (!(error instanceof Error)) throw error;
  const { $metadata, $response } = error as Partial<S3ServiceException>;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return new S3Error(`Curl.Error(56): ${error.message}.`);
  if (status !== 403) {
    const region = status === 301 ? $response?.headers['x-amz-bucket-region'] : undefined;
    return new S3Error(`Server.${error.name}(${status}): ${error.message}`, { status, region });
  }
  stderr.push('Signature version 4 authentication failed, trying different signature version');
  const refused =
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
  const message = `Server.InvalidRequest(400): ${refused} (${error.name}: ${error.message})`;
  return new S3Error(message, { status: 400 });
};
