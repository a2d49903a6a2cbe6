import type { NormalizedSchema } from '@smithy/core/schema';

/** Text that every protocol must escape somewhere. */
const text = `a <b> & "c" 'd' +%20=é 日本`;

/** A value of a schema with every member set, recursion cut where a structure comes back. */
export const sampleOf = (schema: NormalizedSchema, inside: readonly string[] = []): unknown => {
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) {
    const name = schema.getName(true) ?? '';
    const members: Record<string, unknown> = {};
    for (const [key, member] of schema.structIterator()) {
      if (comesBack(member, [...inside, name])) continue;
      members[key] = sampleOf(member, [...inside, name]);
      if (schema.isUnionSchema()) break;
    }
    return members;
  }
  if (schema.isListSchema()) {
    const entry = schema.getValueSchema();
    return [sampleOf(entry, inside), sampleOf(entry, inside)];
  }
  if (schema.isMapSchema()) return { [text]: sampleOf(schema.getValueSchema(), inside) };
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) return 42;
  if (schema.isTimestampSchema()) return new Date('2026-05-04T03:02:01.000Z');
  if (schema.isBlobSchema()) return new Uint8Array([0, 1, 254, 255]);
  return text;
};

const comesBack = (schema: NormalizedSchema, inside: readonly string[]): boolean => {
  if (schema.isListSchema() || schema.isMapSchema()) return comesBack(schema.getValueSchema(), inside);
  return schema.isStructSchema() && inside.includes(schema.getName(true) ?? '');
};
