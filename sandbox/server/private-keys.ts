/** Filters a file's content as it arrives, and returns the part that may be kept. */
export interface KeyFilter {
  pass(chunk: Buffer): Buffer;
  /** The content held back until the end. */
  rest(): Buffer;
  /** Whether any private key was removed so far. */
  readonly withheld: boolean;
}

/** The start of the replacement for removed content. */
export const withheldNote = '\n(withheld by the sandbox)\n';

const begin = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
const end = /-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
/** Longer than either mark, so that a mark split between two chunks is found. */
const longestMark = 64;
/** Characters that do not occur in PEM and its headers, where a `\n` may be written as two characters. */
const foreign = /[^A-Za-z0-9+/=\s\\:,-]/;
/** Characters. An ed25519 key has 64; a text that only mentions the mark continues with other words. */
const shortestKey = 48;
const mostOfText = 1024;

/**
 * Removes the content of every PEM private key, in a file of its own or within a script: amazon-instance uploads the user's
 * X.509 key, of which no copy should be kept. All other bytes pass unchanged, including the marks, so that a shell can still
 * parse a script, and a file keeps its size, which clients check.
 */
export function withholdPrivateKeys(): KeyFilter {
  let held = '';
  /** The start of the text after the mark, and its length so far. */
  let inside: { text: string; length: number } | undefined;
  let withheld = false;

  function leaveOut({ text, length }: { text: string; length: number }): string {
    if (length < mostOfText && text.replace(/\s/g, '').length < shortestKey) return text;
    withheld = true;
    return withheldNote + ' '.repeat(Math.max(0, length - withheldNote.length));
  }
  const extended = (at: { text: string; length: number }, more: string) => ({
    text: at.length < mostOfText ? at.text + more : at.text,
    length: at.length + more.length,
  });
  /** Processes the held content one step; undefined if that needs more of the file. */
  function step(): string | undefined {
    if (inside === undefined) {
      const mark = begin.exec(held);
      if (!mark) return undefined;
      inside = { text: '', length: 0 };
      return advance(mark.index + mark[0].length);
    }
    const mark = end.exec(held);
    const stranger = held.search(foreign);
    const stop = mark && (stranger < 0 || mark.index < stranger) ? mark.index : stranger;
    if (stop < 0) return undefined;
    const kept = leaveOut(extended(inside, advance(stop)));
    inside = undefined;
    return kept;
  }
  function advance(length: number): string {
    const passed = held.slice(0, length);
    held = held.slice(length);
    return passed;
  }
  /** The part of the held content in which no mark can start any more. */
  function settled(): string {
    const passed = advance(Math.max(0, held.length - longestMark));
    if (inside === undefined) return passed;
    inside = extended(inside, passed);
    return '';
  }
  return {
    pass(chunk) {
      held += chunk.toString('latin1');
      let kept = '';
      for (let part = step(); part !== undefined; part = step()) kept += part;
      return Buffer.from(kept + settled(), 'latin1');
    },
    rest() {
      const kept = inside === undefined ? held : leaveOut(extended(inside, held));
      held = '';
      inside = undefined;
      return Buffer.from(kept, 'latin1');
    },
    get withheld() {
      return withheld;
    },
  };
}
