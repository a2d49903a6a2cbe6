import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../model/aws-error.ts';
import { requiredMembers } from './members.ts';

/**
 * The input of an operation from an awsJson1.1 body. Ignores members that the operation does not know, as JSON services do.
 * Throws `SerializationException` for wrong types, `ValidationException` for missing members.
 */
export const readJson = (schema: NormalizedSchema, body: Buffer): Record<string, unknown> => {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
  if (schema.isUnitSchema()) return {};
  return readStructure(schema, value, '');
};

const readStructure = (schema: NormalizedSchema, value: unknown, path: string): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object');
  const given = value as Record<string, unknown>;
  const input: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const one = Object.hasOwn(given, name) ? given[name] : undefined;
    if (one !== undefined && one !== null) input[name] = readValue(member, one, `${path}/${name}`);
  }
  for (const name of requiredMembers(schema)) {
    if (input[name] === undefined) throw missing(name);
  }
  return input;
};

const readValue = (schema: NormalizedSchema, value: unknown, path: string): unknown => {
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema()) return readStructure(schema, value, path);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw wrongType(path, 'a list');
    const entry = schema.getValueSchema();
    return value.map((one) => readValue(entry, one, path));
  }
  if (schema.isMapSchema()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrongType(path, 'an object');
    const entry = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, readValue(entry, one, path)]));
  }
  return readScalar(schema, value, path);
};

const readScalar = (schema: NormalizedSchema, value: unknown, path: string): unknown => {
  if (schema.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw wrongType(path, 'true or false');
    return value;
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) {
    if (typeof value !== 'number') throw wrongType(path, 'a number');
    return value;
  }
  if (schema.isTimestampSchema()) {
    if (typeof value !== 'number') throw wrongType(path, 'a time in seconds');
    return new Date(value * 1000);
  }
  if (typeof value !== 'string') throw wrongType(path, 'text');
  return schema.isBlobSchema() ? new Uint8Array(Buffer.from(value, 'base64')) : value;
};

/** An output as awsJson1.1 text: times in seconds, blobs in base64. */
export const writeJson = (schema: NormalizedSchema, output: object): string =>
  JSON.stringify(schema.isUnitSchema() ? {} : writeValue(schema, output));

const writeValue = (schema: NormalizedSchema, value: unknown): unknown => {
  if (value === undefined || value === null) return undefined;
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema()) {
    const values = value as Record<string, unknown>;
    const members: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) members[name] = writeValue(member, values[name]);
    return members;
  }
  if (schema.isListSchema()) {
    const entry = schema.getValueSchema();
    return (value as unknown[]).map((one) => writeValue(entry, one));
  }
  if (schema.isMapSchema()) {
    const entry = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, writeValue(entry, one)]));
  }
  if (value instanceof Date) return value.getTime() / 1000;
  return schema.isBlobSchema() ? Buffer.from(value as Uint8Array).toString('base64') : value;
};

const wrongType = (path: string, expected: string): AwsError =>
  new AwsError('SerializationException', `${path === '' ? 'The body' : path} is not ${expected}.`);

const missing = (name: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
  );
