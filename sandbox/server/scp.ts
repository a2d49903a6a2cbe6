import { posix } from 'node:path';
import type { ByteReader } from './byte-reader.ts';
import type { Upload } from './instance-record.ts';
import { ScpError } from './scp-error.ts';
import type { UploadedFiles } from './uploaded-files.ts';

export interface ScpOptions {
  reader: ByteReader;
  send: (bytes: string) => void;
  /** Absolute, on the instance; assumed to be an existing folder. */
  target: string;
  recursive: boolean;
  files: UploadedFiles;
}

export interface ScpResult {
  exit: number;
  stderr?: string;
  uploads: Upload[];
}

const lineLimit = 8 * 1024;
const depthLimit = 100;
const entryLimit = 100_000;
const sizeLimit = 8 * 1024 ** 3;

const accepted = '\0';

/**
 * The receiving side of scp's protocol, as `scp -t FOLDER` implements it in OpenSSH (scp.c, sink): each control line and each
 * content is acknowledged with a zero byte, an error is a 2 with a message. Names that lead out of their folder are refused.
 */
export async function receiveScp(options: ScpOptions): Promise<ScpResult> {
  const uploads: Upload[] = [];
  try {
    await receive(options, uploads);
    return { exit: 0, uploads };
  } catch (error) {
    const stderr = `scp: ${(error as Error).message}\n`;
    options.send(`\x02${stderr}`);
    return { exit: 1, stderr, uploads };
  }
}

async function receive(
  { reader, send, target, recursive, files }: ScpOptions,
  uploads: Upload[],
): Promise<void> {
  const folders = [target];
  send(accepted);
  for (let entries = 0; entries < entryLimit; entries += 1) {
    const line = await reader.line(lineLimit);
    if (line === undefined) return;
    const folder = folders.at(-1) ?? target;
    if (line.startsWith('T')) {
      send(accepted);
    } else if (line === 'E' && folders.length > 1) {
      folders.pop();
      send(accepted);
    } else if (line.startsWith('\x01') || line.startsWith('\x02')) {
      throw new ScpError(`the client reported: ${line.slice(1)}`);
    } else {
      const entry = parseEntry(line);
      const path = posix.join(folder, entry.name);
      if (entry.kind === 'folder') {
        if (!recursive || folders.length > depthLimit)
          throw new ScpError(`${path}: a folder is not expected here`);
        await files.makeFolder(path);
        folders.push(path);
        uploads.push({ path, kind: 'folder', mode: entry.mode });
        send(accepted);
      } else {
        send(accepted);
        const mode = Number.parseInt(entry.mode, 8);
        const { withheld } = await writeFile(files, path, mode, reader.take(entry.size));
        await checkContentEnd(reader, path);
        uploads.push({
          path,
          kind: 'file',
          mode: entry.mode,
          size: entry.size,
          ...(withheld && { withheld }),
        });
        send(accepted);
      }
    }
  }
  throw new ScpError(`more than ${entryLimit} entries`);
}

interface Entry {
  kind: 'file' | 'folder';
  mode: string;
  size: number;
  name: string;
}

function parseEntry(line: string): Entry {
  const [, kind, mode, length, name] = /^([CD])([0-7]{3,5}) (\d{1,15}) (.+)$/s.exec(line) ?? [];
  if (mode === undefined || name === undefined)
    throw new ScpError('a line that is not part of the scp protocol');
  if (name === '.' || name === '..' || /[/\0]/.test(name))
    throw new ScpError(`${name}: not allowed as a file name`);
  const size = Number(length);
  if (size > sizeLimit)
    throw new ScpError(`${name}: the sandbox accepts files of at most ${sizeLimit} bytes`);
  return { kind: kind === 'D' ? 'folder' : 'file', mode, size, name };
}

async function writeFile(files: UploadedFiles, path: string, mode: number, content: AsyncGenerator<Buffer>) {
  try {
    return await files.writeFile(path, mode, content);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ScpError(`${path}: ${code ?? message}`);
  }
}

/** After a content the client reports its own result: a zero byte, or a message. */
async function checkContentEnd(reader: ByteReader, path: string): Promise<void> {
  for await (const end of reader.take(1)) {
    if (end[0] !== 0) throw new ScpError(`${path}: the client could not read all of it`);
  }
}
