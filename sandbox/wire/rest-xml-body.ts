import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../model/aws-error.ts';
import { entryNameOf, requiredMembers, xmlNameOf } from './members.ts';
import { readXmlDocument, type XmlElement } from './xml-document.ts';

/** Reads a structure from an XML document with that root. Throws `MalformedXML`, as S3 does for anything its schema forbids. */
export const readXmlBody = (schema: NormalizedSchema, root: string, body: Buffer): unknown => {
  let document: XmlElement;
  try {
    document = readXmlDocument(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw malformed();
  }
  if (document.name !== root) throw malformed();
  return readElement(schema, document);
};

const readStructure = (schema: NormalizedSchema, element: XmlElement): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of schema.structIterator()) {
    const written = xmlNameOf(member, name);
    if (member.getMergedTraits().xmlAttribute) {
      const value = element.attributes[written];
      if (value !== undefined) values[name] = value;
      continue;
    }
    known.add(written);
    const found = element.children.filter((child) => child.name === written);
    if (found.length > 0) values[name] = readMember(member, found);
  }
  const isComplete = requiredMembers(schema).every((name) => values[name] !== undefined);
  const isKnown = element.children.every(({ name }) => known.has(name));
  if (!isComplete || !isKnown || element.text.trim() !== '') throw malformed();
  return values;
};

const readMember = (member: NormalizedSchema, found: XmlElement[]): unknown => {
  if (member.isListSchema() && member.getMergedTraits().xmlFlattened) {
    return found.map((one) => readElement(member.getValueSchema(), one));
  }
  const [only, ...more] = found;
  if (!only || more.length > 0) throw malformed();
  return readElement(member, only);
};

const readElement = (schema: NormalizedSchema, element: XmlElement): unknown => {
  if (schema.isStructSchema()) return readStructure(schema, element);
  if (schema.isListSchema()) {
    const entry = schema.getValueSchema();
    const written = entryNameOf(entry, 'member');
    if (element.children.some(({ name }) => name !== written)) throw malformed();
    return element.children.map((one) => readElement(entry, one));
  }
  if (schema.isMapSchema() || element.children.length > 0) throw malformed();
  return readText(schema, element.text);
};

const readText = (schema: NormalizedSchema, text: string): unknown => {
  const trimmed = text.trim();
  if (schema.isBooleanSchema()) {
    if (!/^(true|false)$/i.test(trimmed)) throw malformed();
    return /^true$/i.test(trimmed);
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) {
    if (!/^-?\d+(\.\d+)?$/.test(trimmed)) throw malformed();
    return Number(trimmed);
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(trimmed);
    if (Number.isNaN(time.getTime())) throw malformed();
    return time;
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(trimmed, 'base64'));
  return text;
};

const malformed = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
