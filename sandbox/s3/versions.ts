import { randomBytes } from 'node:crypto';
import type { BucketRecord, DeleteMarker, ObjectVersion, Version } from '../model/bucket-records.ts';

const orderDigits = 9;

/** An id that begins with its place in time, so that a page can begin after a version that is gone by then. */
export const newId = (order: number, length: number): string => {
  const random = randomBytes(length).toString('base64url').replaceAll('-', '.');
  return `${order.toString(36).padStart(orderDigits, '0')}${random}`.slice(0, length);
};

/** The place in time that an id of ours begins with; NaN for any other. */
export const orderOf = (id: string): number =>
  /^[0-9a-z]{9}/.test(id) ? Number.parseInt(id.slice(0, orderDigits), 36) : Number.NaN;

/** What comes after all that is under a key, at this time. */
export const nextOrder = (now: Date, before: readonly { order: number }[]): number =>
  Math.max(now.getTime(), ...before.map(({ order }) => order + 1));

/** S3 shows and compares times to the second. */
export const wholeSecond = (now: Date): string => `${now.toISOString().slice(0, 19)}.000Z`;

type New =
  | Omit<ObjectVersion, 'id' | 'order' | 'modifiedAt'>
  | Omit<DeleteMarker, 'id' | 'order' | 'modifiedAt'>;

/**
 * The versions of a key once another one is put on top of them, be it an object or a delete marker, and those that it
 * replaces ("How S3 Versioning works"): without versioning all, with suspended versioning the one with the id `null`.
 */
export const withVersion = (
  { versioning }: Pick<BucketRecord, 'versioning'>,
  before: readonly Version[],
  added: New,
  now: Date,
): { versions: [Version, ...Version[]]; added: Version; replaced: Version[] } => {
  const order = nextOrder(now, before);
  const id = versioning === 'Enabled' ? newId(order, 32) : 'null';
  const version: Version = { ...added, id, order, modifiedAt: wholeSecond(now) };
  const replaced = before.filter((one) => one.id === id);
  const kept = before.filter((one) => one.id !== id);
  return { versions: [version, ...kept], added: version, replaced };
};
