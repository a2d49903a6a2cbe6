/** Compares texts as S3 sorts keys: by their bytes in UTF-8, which is by code points and not as JavaScript does. */
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

/** Halves of characters beyond U+FFFF, which sort after all others in UTF-8 and before some of them in UTF-16. */
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
