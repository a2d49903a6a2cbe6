import { createHash } from 'node:crypto';
import type { Context } from '../calls/operation.ts';
import { keyArn, keyExists } from '../ec2/encryption.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { awsManagedParameterKey } from '../state/parameters.ts';

/** The key of a secure string, as the request names it. Throws `InvalidKeyId` for one that is not there. */
export const secureKey = (context: Context, asked = awsManagedParameterKey): string => {
  if (asked !== awsManagedParameterKey && !keyExists(context, keyArn(context, asked))) {
    throw new AwsError('InvalidKeyId', `The key ${asked} does not exist.`);
  }
  return asked;
};

/**
 * A parameter's value as somebody reads it who does not ask for decryption: a made-up ciphertext, always the same for a
 * version, from which the value does not follow.
 */
export const readValue = (record: ParameterRecord, decrypted: boolean): string => {
  if (record.type !== 'SecureString' || decrypted) return record.value;
  const digest = createHash('sha512')
    .update([record.name, record.version, record.modifiedAt].join('\n'))
    .digest();
  return Buffer.concat([Buffer.from('AQICAHh', 'base64'), digest]).toString('base64');
};
