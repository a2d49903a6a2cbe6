import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { errorCode } from '../lib/error-code.ts';

/** Bytes of a line that are kept. Packer's own lines are shorter; a script may print anything. */
const lineLimit = 16 * 1024;
/** Bytes kept of the start and of the end of a log. */
const partLimit = 1024 * 1024;
const chunkSize = 1024 * 1024;
const newline = 0x0a;

/**
 * A log's text; empty if there is none yet. It is bounded, whatever a script prints: 16 KiB of each line, and of a longer log
 * only the first and the last MiB, with a `skippedLines` line between them. The start tells what a build created, the end why
 * it failed.
 */
export async function readLog(file: string): Promise<string> {
  const lines = boundedLines();
  await readChunks(file, 0, (chunk) => lines.add(chunk));
  return lines.text();
}

/**
 * Follows a log by reading the file: each call returns what was written since the last call, complete lines only, at most 1 MiB
 * at a time; empty if there is nothing new. Of a line over 1 MiB only the start is returned.
 */
export function tailLog(file: string): () => Promise<string> {
  const decoder = new StringDecoder('utf8');
  let position = 0;
  let rest = '';
  return async () => {
    let text = rest;
    await readChunks(
      file,
      position,
      (chunk) => {
        position += chunk.length;
        text += decoder.write(chunk);
      },
      1,
    );
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (rest.length > chunkSize) rest = rest.slice(0, lineLimit);
    return text.slice(0, end);
  };
}

const skipped = /^\0(\d+)$/;

/** The number of log lines that are missing at this line; 0 for a line of the log. No line of a log has this form. */
export const skippedLines = (line: string): number => Number(skipped.exec(line)?.[1] ?? 0);

interface Line {
  text: string;
  bytes: number;
}

const lineOf = (bytes: Buffer): Line => ({
  text: bytes.toString('utf8').replaceAll('\0', ''),
  bytes: bytes.length + 1,
});

/** Keeps the first and the last lines of what is added, each one bounded. */
function boundedLines(): { add(chunk: Buffer): void; text(): string } {
  const start: Line[] = [];
  let startBytes = 0;
  const end: Line[] = [];
  let endBytes = 0;
  let dropped = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  const keep = (line: Line) => {
    if (dropped === 0 && end.length === 0 && startBytes < partLimit) {
      start.push(line);
      startBytes += line.bytes;
      return;
    }
    end.push(line);
    endBytes += line.bytes;
  };
  const dropOld = () => {
    let count = 0;
    for (; endBytes > partLimit && count < end.length - 1; count++) endBytes -= end[count]?.bytes ?? 0;
    end.splice(0, count);
    dropped += count;
  };
  const addPart = (part: Buffer) => {
    const room = lineLimit - pendingBytes;
    if (room <= 0 || part.length === 0) return;
    // A copy: a view of a few bytes would keep all of its chunk in memory.
    const kept = Buffer.from(part.subarray(0, room));
    pending.push(kept);
    pendingBytes += kept.length;
  };
  const takeLine = (): Line => {
    const line = lineOf(Buffer.concat(pending));
    pending = [];
    pendingBytes = 0;
    return line;
  };
  return {
    add(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
        if (pendingBytes === 0) keep(lineOf(chunk.subarray(from, Math.min(at, from + lineLimit))));
        else {
          addPart(chunk.subarray(from, at));
          keep(takeLine());
        }
        from = at + 1;
      }
      addPart(chunk.subarray(from));
      dropOld();
    },
    text() {
      const last = pendingBytes > 0 ? [takeLine().text] : [''];
      const gap = dropped > 0 ? [`\0${dropped}`] : [];
      return [...start.map(({ text }) => text), ...gap, ...end.map(({ text }) => text), ...last].join('\n');
    },
  };
}

/** Passes on the file's bytes from a position; a missing file is an empty one. The buffer is used again for the next chunk. */
async function readChunks(
  path: string,
  from: number,
  add: (chunk: Buffer) => void,
  atMost = Number.POSITIVE_INFINITY,
): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(chunkSize);
    let position = from;
    for (let chunks = 0; chunks < atMost; chunks++) {
      const { bytesRead } = await file.read(buffer, 0, chunkSize, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      add(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
