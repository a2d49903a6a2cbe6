import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withoutKeys } from './command-keys.ts';
import { SandboxError } from './sandbox-error.ts';

/** One command that an instance was given. */
export interface RecordedCommand {
  command: string;
  /** The exit status answered; null where none was, by a fault. */
  exit: number | null;
  stderr?: string;
  /** What arrived, where the command was an upload. */
  uploads?: Upload[];
  /** Absolute paths on the instance of the files that were fetched. */
  downloads?: string[];
  /** The kind of the fault that acted on the command. */
  fault?: string;
}

/** A file or folder that arrived on an instance. */
export interface Upload {
  /** Absolute, on the instance. */
  path: string;
  kind: 'file' | 'folder';
  /** As the client sent it, in octal. */
  mode: string;
  /** Bytes; of a file. */
  size?: number;
  /** The inside of a private key was not kept. */
  withheld?: true;
}

/** The folder in which an instance's commands and files are kept. */
export function instanceFolder(stateFolder: string, instanceId: string): string {
  if (!/^i-[0-9a-f]+$/.test(instanceId)) throw new SandboxError(`${instanceId} is not an instance id.`);
  return join(stateFolder, 'instances', instanceId);
}

/** Appends to `commands.ndjson`; on disk when it returns. Commands may hold what a user keeps to himself: 0600, and no keys. */
export function recordCommand(folder: string, now: Date, command: RecordedCommand): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const line = JSON.stringify({
    time: now.toISOString(),
    ...command,
    command: withoutKeys(command.command),
  });
  appendFileSync(join(folder, 'commands.ndjson'), `${line}\n`, { mode: 0o600 });
}
