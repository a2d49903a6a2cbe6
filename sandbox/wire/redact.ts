import type { NormalizedSchema } from '@smithy/core/schema';

/** A copy of an operation's input for the log: sensitive members are replaced, and content is reduced to its length. */
export const redactSensitive = (schema: NormalizedSchema, value: unknown): unknown => {
  if (value === undefined || value === null) return value;
  if (schema.getMergedTraits().sensitive) return '(redacted)';
  if (schema.isStructSchema()) {
    const values = value as Record<string, unknown>;
    const members: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      if (values[name] !== undefined) members[name] = redactSensitive(member, values[name]);
    }
    return members;
  }
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map((one) => redactSensitive(schema.getValueSchema(), one));
  }
  if (!(value instanceof Uint8Array)) return value;
  const isContent = Boolean(schema.getMergedTraits().httpPayload);
  return isContent ? `(${value.length} bytes)` : Buffer.from(value).toString('base64');
};
