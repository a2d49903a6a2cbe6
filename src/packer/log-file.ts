import { open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { errorCode } from '../lib/error-code.ts';

const partLimit = 32 * 1024 * 1024;

/**
 * A log's text; empty where there is none yet. Of one over 64 MiB only the first and the last 32 MiB: what a build made is at the
 * start, why it failed at the end. Line numbers in the last part are then too low.
 */
export async function readLog(file: string): Promise<string> {
  const size = await fileSize(file);
  if (size <= 2 * partLimit) return (await chunkAt(file, 0, size)).toString('utf8');
  const [start, end] = [await chunkAt(file, 0, partLimit), await chunkAt(file, size - partLimit, partLimit)];
  return `${start.toString('utf8')}\n${end.toString('utf8')}`;
}

const chunkSize = 1024 * 1024;

/**
 * Follows a log by reading the file: each call returns what was written since the last call, complete lines only, at most 1 MiB
 * (or one line) at a time; empty where there is nothing new.
 */
export function tailLog(file: string): () => Promise<string> {
  const decoder = new StringDecoder('utf8');
  let position = 0;
  let rest = '';
  return async () => {
    const unread = (await fileSize(file)) - position;
    if (unread <= 0) return '';
    const chunk = await chunkAt(file, position, Math.min(unread, chunkSize));
    position += chunk.length;
    const text = rest + decoder.write(chunk);
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    return text.slice(0, end);
  };
}

async function chunkAt(path: string, position: number, length: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
