/** A text as one word of a shell, in single quotes. Pure. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The same, without the quotes where a shell takes the text as it is. Pure. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text));
