/** Characters that JSON allows unescaped but that change what a terminal shows: C1 controls and bidirectional ones. */
const unprintable = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/** JSON in which every character is safe for a terminal; the others are escaped, as `\u202e`. The value is the same. */
export const jsonOutput = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
