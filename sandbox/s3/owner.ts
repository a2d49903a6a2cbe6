import { createHash } from 'node:crypto';

/** An account's canonical user id, S3's name for owners: 64 hexadecimal digits that reveal nothing about the account. */
export const canonicalId = (account: string): string =>
  createHash('sha256').update(`canonical user of ${account}`).digest('hex');
