import { createHash } from 'node:crypto';
import type { Context } from '../calls/operation.ts';
import { keyArn, keyExists } from '../ec2/encryption.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { awsManagedParameterKey } from '../state/parameters.ts';

/** The key of a secure string, named by the request. Throws `InvalidKeyId` for a missing key. */
export const secureKey = (context: Context, asked = awsManagedParameterKey): string => {
  if (asked !== awsManagedParameterKey && !keyExists(context, keyArn(context, asked))) {
    throw new AwsError('InvalidKeyId', `The key ${asked} does not exist.`);
  }
  return asked;
};

/**
 * A parameter's value for a reader that does not ask for decryption: a made-up ciphertext, always the same for a version, that
 * does not reveal the value.
 */
export const readValue = (record: ParameterRecord, decrypted: boolean): string => {
  if (record.type !== 'SecureString' || decrypted) return record.value;
  const digest = createHash('sha512')
    .update([record.name, record.version, record.modifiedAt].join('\n'))
    .digest();
  return Buffer.concat([Buffer.from('AQICAHh', 'base64'), digest]).toString('base64');
};
