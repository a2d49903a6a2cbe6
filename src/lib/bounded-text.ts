/** Cuts `text` to a length. A word that would be cut is omitted: half a secret would not be recognized. Pure. */
export function boundedText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit).replace(/\S*$/, '')}… (shortened)`;
}

/** No meaningful word is this long. Regular expressions over longer words (some millions of characters) overflow the stack. */
const wordLimit = 20_000;

/** Replaces each very long word in `text` with a remark. Pure. */
export function withoutEndlessWords(text: string): string {
  if (text.length <= wordLimit) return text;
  return text
    .split(/(\s+)/)
    .map((part) => (part.length > wordLimit && part.trim() !== '' ? `(${part.length} letters)` : part))
    .join('');
}
