import type {
  DeleteBucketOwnershipControlsRequest,
  GetBucketEncryptionOutput,
  GetBucketRequestPaymentOutput,
} from '@aws-sdk/client-s3';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { ownBucket } from './bucket-access.ts';

/** S3's answer for settings that nobody has configured. The sandbox has only these answers, no setters. */
const answering = (answer: object): Operation =>
  operation<DeleteBucketOwnershipControlsRequest, object>(
    ['Bucket', 'ExpectedBucketOwner'],
    (context, input) => {
      ownBucket(context, input);
      return answer;
    },
  );

const refusing = (code: string, message: string): Operation =>
  operation<DeleteBucketOwnershipControlsRequest, object>(
    ['Bucket', 'ExpectedBucketOwner'],
    (context, input) => {
      const { name } = ownBucket(context, input);
      throw new AwsError(code, message, { status: 404, details: { BucketName: name } });
    },
  );

/** New buckets since 2023 encrypt with S3's own keys, and nobody can switch that off ("Default encryption FAQ"). */
const encryption: GetBucketEncryptionOutput = {
  ServerSideEncryptionConfiguration: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
  },
};

const payment: GetBucketRequestPaymentOutput = { Payer: 'BucketOwner' };

/** Bucket settings that no client can change here, with S3's answers for a new bucket (each operation's page). */
export const neverConfiguredOperations: Record<string, Operation> = {
  GetBucketAccelerateConfiguration: answering({}),
  GetBucketCors: refusing('NoSuchCORSConfiguration', 'The CORS configuration does not exist'),
  GetBucketEncryption: answering(encryption),
  GetBucketLifecycleConfiguration: refusing(
    'NoSuchLifecycleConfiguration',
    'The lifecycle configuration does not exist',
  ),
  GetBucketLogging: answering({}),
  GetBucketNotificationConfiguration: answering({}),
  GetBucketPolicyStatus: refusing('NoSuchBucketPolicy', 'The bucket policy does not exist'),
  GetBucketReplication: refusing(
    'ReplicationConfigurationNotFoundError',
    'The replication configuration was not found',
  ),
  GetBucketRequestPayment: answering(payment),
  GetBucketWebsite: refusing(
    'NoSuchWebsiteConfiguration',
    'The specified bucket does not have a website configuration',
  ),
};
