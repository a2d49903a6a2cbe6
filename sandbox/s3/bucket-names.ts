import { AwsError } from '../model/aws-error.ts';

const reservedStart = /^(xn--|sthree-|amzn-s3-demo-)/;
const reservedEnd = /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** Whether this is a valid bucket name ("General purpose bucket naming rules"). */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !name.includes('..') &&
  !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
  !reservedStart.test(name) &&
  !reservedEnd.test(name);

/** Throws `InvalidBucketName` unless this is a valid bucket name. */
export const checkBucketName = (name: string): void => {
  if (!isBucketName(name)) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', {
      details: { BucketName: name },
    });
  }
};
