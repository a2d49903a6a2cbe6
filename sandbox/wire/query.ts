import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../model/aws-error.ts';
import { ec2QueryNameOf, entryNameOf, requiredMembers, xmlNameOf } from './members.ts';

/** One level of `Filter.1.Value.2=x`: the values below each part of the name. */
interface Level {
  path: string;
  value?: string;
  below: Map<string, Level>;
}

/** Parameters that say how to read a request and are not part of its operation's input. */
const framing =
  /^(Action|Version|AWSAccessKeyId|SignatureMethod|SignatureVersion|Timestamp|X-Amz-[A-Za-z-]+)$/i;

/**
 * The input of an operation from the parameters of a query request. Strict: throws `UnknownParameter`, `MissingParameter` and
 * `InvalidParameterValue` as EC2 does. The other query services answer `ValidationError` for the latter two (their "Common
 * Errors").
 */
export const readQuery = (
  schema: NormalizedSchema,
  parameters: URLSearchParams,
  protocol: 'ec2Query' | 'awsQuery',
): Record<string, unknown> => {
  const top: Level = { path: '', below: new Map() };
  for (const [name, value] of parameters) {
    if (!framing.test(name)) place(top, name, value);
  }
  if (schema.isUnitSchema()) {
    for (const level of top.below.values()) throw unknown(level);
    return {};
  }
  if (protocol === 'ec2Query') return readStructure(schema, top, true);
  try {
    return readStructure(schema, top, false);
  } catch (error) {
    if (error instanceof AwsError && error.code !== 'UnknownParameter') {
      throw new AwsError('ValidationError', error.message);
    }
    throw error;
  }
};

const place = (top: Level, name: string, value: string): void => {
  let level = top;
  for (const part of name.split('.')) {
    let next = level.below.get(part);
    if (!next) {
      next = { path: level.path === '' ? part : `${level.path}.${part}`, below: new Map() };
      level.below.set(part, next);
    }
    level = next;
  }
  level.value = value;
};

const readStructure = (schema: NormalizedSchema, level: Level, ec2: boolean): Record<string, unknown> => {
  const input: Record<string, unknown> = {};
  const known = new Set<string>();
  const required = new Set(requiredMembers(schema));
  for (const [name, member] of schema.structIterator()) {
    const key = ec2 ? ec2QueryNameOf(member, name) : xmlNameOf(member, name);
    known.add(key);
    const found = level.below.get(key);
    if (found && !(ec2 && isBlank(key, found))) input[name] = readValue(member, found, ec2);
    else if (required.has(name)) throw missing(level, key);
  }
  for (const [key, below] of level.below) if (!known.has(key)) throw unknown(below);
  return input;
};

const valuesWhenBlank: ReadonlySet<string> = new Set(['Description', 'NoDevice', 'Value']);

/**
 * EC2 treats `VpcId=` as missing, and so a structure with nothing in it. Packer 1.6.6 sends that, `KmsKeyId=`,
 * `Placement.AvailabilityZone=` and `IamInstanceProfile.Name=` when it means the default. An empty tag value or description is
 * a value, and `NoDevice=` removes a device.
 */
const isBlank = (key: string, { value, below }: Level): boolean =>
  !valuesWhenBlank.has(key) &&
  (value ?? '') === '' &&
  [...below].every(([part, level]) => isBlank(part, level));

const readValue = (schema: NormalizedSchema, level: Level, ec2: boolean): unknown => {
  if (schema.isStructSchema()) return readStructure(schema, level, ec2);
  if (schema.isListSchema()) return readList(schema, level, ec2);
  if (schema.isMapSchema()) return readMap(schema, level, ec2);
  for (const below of level.below.values()) throw unknown(below);
  return readScalar(schema, level.value ?? '', level.path);
};

const readList = (schema: NormalizedSchema, level: Level, ec2: boolean): unknown[] => {
  const entry = schema.getValueSchema();
  const flat = ec2 || Boolean(schema.getMergedTraits().xmlFlattened);
  const entries = flat ? level : level.below.get(entryNameOf(entry, 'member'));
  return numbered(entries).map((one) => readValue(entry, one, ec2));
};

const readMap = (schema: NormalizedSchema, level: Level, ec2: boolean): Record<string, unknown> => {
  const [key, value] = [schema.getKeySchema(), schema.getValueSchema()];
  const flat = ec2 || Boolean(schema.getMergedTraits().xmlFlattened);
  const entries = numbered(flat ? level : level.below.get('entry'));
  return Object.fromEntries(
    entries.map((one) => {
      const found = one.below.get(entryNameOf(value, 'value'));
      const name = one.below.get(entryNameOf(key, 'key'))?.value ?? '';
      return [name, found ? readValue(value, found, ec2) : undefined];
    }),
  );
};

const numbered = (level: Level | undefined): Level[] => {
  if (!level) return [];
  const entries = [...level.below].map(([index, entry]) => {
    if (!/^\d{1,6}$/.test(index)) throw unknown(entry);
    return { index: Number(index), entry };
  });
  return entries.sort((a, b) => a.index - b.index).map(({ entry }) => entry);
};

const readScalar = (schema: NormalizedSchema, text: string, path: string): unknown => {
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw invalid(text, path, 'true or false');
    return text === 'true';
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) {
    if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw invalid(text, path, 'a number');
    return Number(text);
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(text);
    if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime())) throw invalid(text, path, 'a time');
    return time;
  }
  if (schema.isBlobSchema()) {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/\s|=+$/g, '')) {
      throw invalid(text.slice(0, 16), path, 'base64');
    }
    return new Uint8Array(bytes);
  }
  return text;
};

const missing = (level: Level, key: string): AwsError =>
  new AwsError(
    'MissingParameter',
    `The request must contain the parameter ${level.path === '' ? key : `${level.path}.${key}`}`,
  );

const unknown = (level: Level): AwsError =>
  new AwsError('UnknownParameter', `The parameter ${level.path} is not recognized`);

const invalid = (text: string, path: string, expected: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${text}) for parameter ${path} is invalid. Expected ${expected}.`,
  );
