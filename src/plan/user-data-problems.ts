import { resolve } from 'node:path';
import type { Problem } from '../lib/problem.ts';
import type { FilledBuilder } from './filled-builders.ts';

/** Bytes, before EC2's base64 ("Run commands when you launch an EC2 instance with user data input", Amazon EC2 User Guide). */
const most = 16 * 1024;

/** Enough to tell whether it is too large, encoded or not. */
export const bytesRead = 2 * most;

/** The first bytes of a file, at most as many as requested; undefined if it cannot be read. */
export type ReadBytes = (path: string, most: number) => Buffer | undefined;

/**
 * User data that EC2 refuses at launch. Packer encodes it, unless it is encoded already.
 *
 * @param folder where relative paths start.
 */
export function userDataProblems(
  { options, at }: FilledBuilder,
  folder: string,
  read: (path: string) => Buffer | undefined,
): Problem[] {
  const { user_data: text, user_data_file: file } = options;
  return [
    ...(typeof text === 'string' ? tooLarge(at('user_data'), Buffer.from(text)) : []),
    ...(typeof file === 'string'
      ? tooLarge(at('user_data_file'), read(resolve(folder, file)) ?? Buffer.alloc(0))
      : []),
  ];
}

function tooLarge(place: string, bytes: Buffer): Problem[] {
  const size = sizeOf(bytes);
  if (size <= most) return [];
  const found = size >= bytesRead ? 'twice that, or more' : `${size}`;
  return [
    {
      place,
      expected: `at most ${most} bytes of user data`,
      found,
      advice: 'Compress it with gzip, or let it download the rest.',
    },
  ];
}

const base64 = /^[A-Za-z0-9+/\r\n]+={0,2}[\r\n]*$/;

function sizeOf(bytes: Buffer): number {
  const text = bytes.toString('latin1');
  const letters = text.replace(/[\r\n]/g, '').length;
  return base64.test(text) && letters % 4 === 0 ? Buffer.from(text, 'base64').length : bytes.length;
}
