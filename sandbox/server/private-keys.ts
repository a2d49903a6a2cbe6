/** Takes a file's content as it comes and gives back what may be kept of it. */
export interface KeyFilter {
  pass(chunk: Buffer): Buffer;
  /** What was held back to the end. */
  rest(): Buffer;
  /** Whether the inside of a private key was left out so far. */
  readonly withheld: boolean;
}

/** Begins what stands in the place of what was left out. */
export const withheldNote = '\n(withheld by the sandbox)\n';

const begin = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
const end = /-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
/** Longer than either, so that one which is cut in two between chunks is seen. */
const longestMark = 64;
/** What PEM and its headers are made of, a `\n` written as two characters included. */
const foreign = /[^A-Za-z0-9+/=\s\\:,-]/;
/** Characters; an ed25519 key has 64, and a text that speaks of the mark alone goes on in other words. */
const shortestKey = 48;
const mostOfText = 1024;

/**
 * Leaves out the inside of every private key in PEM, be it a file of its own or part of a script: amazon-instance
 * uploads the user's X.509 key, which is nothing to keep a copy of. All other bytes pass unchanged, the marks
 * themselves too, so a script stays one that a shell can parse; and a file keeps its size, which clients look at.
 */
export function withholdPrivateKeys(): KeyFilter {
  let held = '';
  /** The beginning of what stands behind the mark, and how much there is of it. */
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
  /** One step over what is held; undefined where more of the file is needed for it. */
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
  /** The part of what is held in which no mark can begin any more. */
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
