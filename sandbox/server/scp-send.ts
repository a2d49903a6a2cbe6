import { posix } from 'node:path';
import type { ByteReader } from './byte-reader.ts';
import { octal } from './file-mode.ts';
import type { InstanceFiles } from './instance-files.ts';
import { ScpError } from './scp-error.ts';

export interface ScpSendOptions {
  reader: ByteReader;
  /** Resolves when the client has room for more. */
  send: (bytes: string | Buffer) => Promise<void>;
  /** Absolute, on the instance. */
  sources: string[];
  recursive: boolean;
  files: InstanceFiles;
}

export interface ScpSendResult {
  exit: number;
  stderr?: string;
  /** Absolute paths of the files that were sent completely. */
  downloads: string[];
}

const depthLimit = 100;
const entryLimit = 100_000;
const piece = 32 * 1024;

/**
 * The sending side of scp's protocol, as `scp -f PATH` implements it in OpenSSH (scp.c, source): the client requests each step
 * with a zero byte; an error is a 1 with a message.
 */
export async function sendScp(options: ScpSendOptions): Promise<ScpSendResult> {
  const downloads: string[] = [];
  try {
    await acknowledged(options.reader);
    for (const source of options.sources) await sendEntry(options, source, downloads, 0);
    return { exit: 0, downloads };
  } catch (error) {
    const stderr = `scp: ${(error as Error).message}\n`;
    await options.send(`\x01${stderr}`);
    return { exit: 1, stderr, downloads };
  }
}

async function sendEntry(
  options: ScpSendOptions,
  path: string,
  downloads: string[],
  depth: number,
): Promise<void> {
  const found = await options.files.look(path);
  if (found?.kind !== 'folder') return sendFile(options, path, downloads);
  if (!options.recursive) throw new ScpError(`${path}: not a regular file`);
  if (depth > depthLimit) throw new ScpError(`${path}: deeper than ${depthLimit} folders`);
  await step(options, `D${octal(found.mode)} 0 ${posix.basename(path) || '/'}\n`);
  for (const name of await options.files.list(path)) {
    if (downloads.length > entryLimit) throw new ScpError(`more than ${entryLimit} files`);
    await sendEntry(options, posix.join(path, name), downloads, depth + 1);
  }
  await step(options, 'E\n');
}

async function sendFile(options: ScpSendOptions, path: string, downloads: string[]): Promise<void> {
  const file = await options.files.open(path);
  try {
    await step(options, `C${octal(file.mode)} ${file.size} ${posix.basename(path)}\n`);
    for (let sent = 0; sent < file.size; ) {
      const bytes = await file.read(sent, Math.min(piece, file.size - sent));
      if (bytes.length === 0) throw new ScpError(`${path}: became shorter`);
      sent += bytes.length;
      await options.send(bytes);
    }
    await step(options, '\0');
    downloads.push(path);
  } finally {
    await file.close();
  }
}

async function step({ reader, send }: ScpSendOptions, bytes: string): Promise<void> {
  await send(bytes);
  await acknowledged(reader);
}

async function acknowledged(reader: ByteReader): Promise<void> {
  for await (const answer of reader.take(1)) {
    if (answer[0] !== 0) throw new ScpError('the client refused it');
  }
}
