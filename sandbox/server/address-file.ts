import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-write.ts';

/** Where the sandbox of a state folder listens. */
export interface Address {
  url: string;
  pid: number;
  id: string;
}

const addressFile = (folder: string): string => join(folder, 'address.json');

export const writeAddress = (folder: string, address: Address): void =>
  writeAtomically(addressFile(folder), `${JSON.stringify(address)}\n`);

export const removeAddress = (folder: string): void => rmSync(addressFile(folder), { force: true });

/** Undefined if there is none, or it cannot be read. It may be stale: only the sandbox itself knows. */
export function readAddress(folder: string): Address | undefined {
  try {
    const { url, pid, id } = JSON.parse(readFileSync(addressFile(folder), 'utf8'));
    const isAddress = typeof url === 'string' && typeof id === 'string' && Number.isInteger(pid);
    return isAddress ? { url, pid, id } : undefined;
  } catch {
    return undefined;
  }
}
