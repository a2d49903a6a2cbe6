/** Reads a stream of bytes by line, by length or by byte, as a protocol requires. */
export interface ByteReader {
  /** Up to a newline, without it; undefined at the end. Throws if a line has more than `limit` bytes. */
  line(limit: number): Promise<string | undefined>;
  /** Exactly this many bytes, as they arrive. Throws if the stream ends before. */
  take(length: number): AsyncGenerator<Buffer>;
}

export function byteReader(source: AsyncIterator<Buffer>): ByteReader {
  let ahead: Buffer = Buffer.alloc(0);
  async function more(): Promise<boolean> {
    const next = await source.next();
    if (next.done) return false;
    ahead = ahead.length === 0 ? next.value : Buffer.concat([ahead, next.value]);
    return true;
  }
  return {
    async line(limit) {
      let end = ahead.indexOf(10);
      while (end < 0) {
        if (ahead.length > limit) throw new Error(`a line of more than ${limit} bytes`);
        if (!(await more())) return undefined;
        end = ahead.indexOf(10);
      }
      const line = ahead.subarray(0, end).toString('utf8');
      ahead = ahead.subarray(end + 1);
      return line;
    },
    async *take(length) {
      for (let missing = length; missing > 0; ) {
        if (ahead.length === 0 && !(await more()))
          throw new Error(`the connection ended ${missing} bytes early`);
        const chunk = ahead.subarray(0, missing);
        ahead = ahead.subarray(chunk.length);
        missing -= chunk.length;
        yield chunk;
      }
    },
  };
}
