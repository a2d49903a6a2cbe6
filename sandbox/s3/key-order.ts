/** Compares texts in S3's key order: by their UTF-8 bytes, that is by code points, unlike JavaScript. */
export const compareKeys = (a: string, b: string): number => {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (one !== other)
      return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return a.length - b.length;
};

/** Halves of characters beyond U+FFFF. These sort after all others in UTF-8, but before some of them in UTF-16. */
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
