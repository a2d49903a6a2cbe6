/** The value of a builder instance's tag `gopackgo:attempt`: `<attempt id>.<process id>`. */
export interface AttemptTag {
  id: string;
  pid: number;
}

/** Undefined if the text is not such a value: tags of an instance can be edited. */
export function parseAttemptTag(text: string): AttemptTag | undefined {
  const [, id, digits] = /^([A-Za-z0-9_-]+)\.([1-9]\d{0,9})$/.exec(text) ?? [];
  return id && digits ? { id, pid: Number(digits) } : undefined;
}

/** Whether an attempt's id is valid, so that its tag can be parsed again. */
export const isAttemptId = (id: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(id);
