import { createHash } from 'node:crypto';

/** An account's canonical user id, by which S3 names owners: 64 hexadecimal digits that say nothing of the account. */
export const canonicalId = (account: string): string =>
  createHash('sha256').update(`canonical user of ${account}`).digest('hex');
