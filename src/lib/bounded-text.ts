/** `text` cut to a length. A word that would be cut is left out whole: half a secret would not be recognized. Pure. */
export function boundedText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit).replace(/\S*$/, '')}… (shortened)`;
}

/** No word that means something to a reader is so long; expressions over longer ones exceed the stack (at some millions). */
const wordLimit = 20_000;

/** `text` with a remark in place of each very long word. Pure. */
export function withoutEndlessWords(text: string): string {
  if (text.length <= wordLimit) return text;
  return text
    .split(/(\s+)/)
    .map((part) => (part.length > wordLimit && part.trim() !== '' ? `(${part.length} letters)` : part))
    .join('');
}
