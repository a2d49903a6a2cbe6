/** What the tag `gopackgo:attempt` of a builder instance says: `<attempt id>.<process id>`. */
export interface AttemptTag {
  id: string;
  pid: number;
}

/** Undefined where the text is not such a tag; an instance's tags can be changed by anybody. */
export function parseAttemptTag(text: string): AttemptTag | undefined {
  const [, id, digits] = /^([A-Za-z0-9_-]+)\.([1-9]\d{0,9})$/.exec(text) ?? [];
  return id && digits ? { id, pid: Number(digits) } : undefined;
}

/** What an attempt may be called, so that its tag can be read again. */
export const isAttemptId = (id: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(id);
