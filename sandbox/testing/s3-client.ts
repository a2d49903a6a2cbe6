import { S3Client } from '@aws-sdk/client-s3';
import { type Account, defaultAccount } from '../model/accounts.ts';
import { createRequestHandler } from '../wire/request-handler.ts';
import type { World } from './world.ts';

interface ClientOptions {
  region?: string;
  account?: Pick<Account, 'accessKeyId' | 'secretAccessKey'>;
}

/** A real S3 client of a world. */
export const s3Of = (
  { aws }: Pick<World, 'aws'>,
  { region = 'us-east-1', account = defaultAccount }: ClientOptions = {},
): S3Client =>
  new S3Client({
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: account.accessKeyId, secretAccessKey: account.secretAccessKey },
    requestHandler: createRequestHandler(aws),
  });
