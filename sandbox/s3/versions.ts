import { randomBytes } from 'node:crypto';
import type { BucketRecord, DeleteMarker, ObjectVersion, Version } from '../model/bucket-records.ts';

const orderDigits = 9;

/** An id that starts with its position in time, so that a page can start after a version that is deleted by then. */
export const newId = (order: number, length: number): string => {
  const random = randomBytes(length).toString('base64url').replaceAll('-', '.');
  return `${order.toString(36).padStart(orderDigits, '0')}${random}`.slice(0, length);
};

/** The position in time at the start of one of our ids; NaN for any other id. */
export const orderOf = (id: string): number =>
  /^[0-9a-z]{9}/.test(id) ? Number.parseInt(id.slice(0, orderDigits), 36) : Number.NaN;

/** A position after all existing versions of a key, at this time. */
export const nextOrder = (now: Date, before: readonly { order: number }[]): number =>
  Math.max(now.getTime(), ...before.map(({ order }) => order + 1));

/** S3 shows and compares times to the second. */
export const wholeSecond = (now: Date): string => `${now.toISOString().slice(0, 19)}.000Z`;

type New =
  | Omit<ObjectVersion, 'id' | 'order' | 'modifiedAt'>
  | Omit<DeleteMarker, 'id' | 'order' | 'modifiedAt'>;

/**
 * The versions of a key after adding another one, an object or a delete marker, and the versions that it replaces ("How S3
 * Versioning works"): all without versioning, the one with the id `null` if versioning is suspended.
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
