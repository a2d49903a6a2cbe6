import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withoutKeys } from './command-keys.ts';
import { SandboxError } from './sandbox-error.ts';

/** One command that an instance received. */
export interface RecordedCommand {
  command: string;
  /** The exit status sent; null if a fault sent none. */
  exit: number | null;
  stderr?: string;
  /** The uploaded files, if the command was an upload. */
  uploads?: Upload[];
  /** Absolute paths on the instance of the downloaded files. */
  downloads?: string[];
  /** The kind of fault that was applied to the command. */
  fault?: string;
}

/** A file or folder that was uploaded to an instance. */
export interface Upload {
  /** Absolute, on the instance. */
  path: string;
  kind: 'file' | 'folder';
  /** As the client sent it, in octal. */
  mode: string;
  /** Bytes; for files. */
  size?: number;
  /** The content of a private key was not kept. */
  withheld?: true;
}

/** The folder for an instance's commands and files. */
export function instanceFolder(stateFolder: string, instanceId: string): string {
  if (!/^i-[0-9a-f]+$/.test(instanceId)) throw new SandboxError(`${instanceId} is not an instance id.`);
  return join(stateFolder, 'instances', instanceId);
}

/** Appends to `commands.ndjson`, on disk when it returns. Commands may contain the user's private data: mode 0600, and no keys. */
export function recordCommand(folder: string, now: Date, command: RecordedCommand): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const line = JSON.stringify({
    time: now.toISOString(),
    ...command,
    command: withoutKeys(command.command),
  });
  appendFileSync(join(folder, 'commands.ndjson'), `${line}\n`, { mode: 0o600 });
}
