import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { bootId } from './boot-id.ts';
import { machineName } from './machine-name.ts';

/** This machine's name, as in the builders' tags and in locks. On macOS it takes running a program. */
export const thisMachine = (): string => machineName(hostname(), pidNamespace(), bootId());

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}
