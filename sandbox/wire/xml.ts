import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../model/aws-error.ts';
import { entryNameOf, xmlNameOf } from './members.ts';
import type { OperationSchema, Service } from './service.ts';

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** EC2's answer: one root element with the output's members and the request id. An output without members has a `return`. */
export const writeEc2Answer = (
  service: Service,
  operation: OperationSchema,
  output: object,
  requestId: string,
): string => {
  const members = operation.output.isUnitSchema()
    ? element('return', 'true')
    : writeMembers(operation.output, output);
  return `${declaration}<${operation.name}Response xmlns="${service.namespace}">${element('requestId', requestId)}${members}</${operation.name}Response>`;
};

/** The answer of an awsQuery service: the output in `<Operation>Result`, the request id in `ResponseMetadata`. */
export const writeQueryAnswer = (
  service: Service,
  operation: OperationSchema,
  output: object,
  requestId: string,
): string => {
  const result = operation.output.isUnitSchema()
    ? ''
    : `<${operation.name}Result>${writeMembers(operation.output, output)}</${operation.name}Result>`;
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return `${declaration}<${operation.name}Response xmlns="${service.namespace}">${result}${metadata}</${operation.name}Response>`;
};

/** EC2's error, in the shape of the API reference's "Error responses". */
export const writeEc2Error = (error: AwsError, requestId: string): string =>
  `${declaration}<Response><Errors><Error>${element('Code', error.code)}${element('Message', error.message)}</Error></Errors>${element('RequestID', requestId)}</Response>`;

/** An awsQuery service's error. `Type` says whose fault it was. */
export const writeQueryError = (namespace: string, error: AwsError, requestId: string): string => {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  return `${declaration}<ErrorResponse xmlns="${namespace}"><Error>${element('Type', type)}${element('Code', error.code)}${element('Message', error.message)}</Error>${element('RequestId', requestId)}</ErrorResponse>`;
};

/** The members of a structure as elements. */
export const writeMembers = (structure: NormalizedSchema, value: object): string => {
  const values = value as Record<string, unknown>;
  let xml = '';
  for (const [name, member] of structure.structIterator()) {
    const one = values[name];
    if (member.getMemberTraits().xmlAttribute) continue;
    if (one !== undefined && one !== null) xml += writeMember(member, xmlNameOf(member, name), one);
  }
  return xml;
};

const writeMember = (schema: NormalizedSchema, name: string, value: unknown): string => {
  if (schema.isStructSchema()) {
    return `<${name}${attributesOf(schema, value as object)}>${writeMembers(schema, value as object)}</${name}>`;
  }
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  if (schema.isListSchema()) {
    const entry = schema.getValueSchema();
    const entryName = flat ? name : entryNameOf(entry, 'member');
    const entries = (value as unknown[]).map((one) => writeMember(entry, entryName, one)).join('');
    return flat ? entries : `<${name}>${entries}</${name}>`;
  }
  if (schema.isMapSchema()) {
    const entryName = flat ? name : 'entry';
    const entries = Object.entries(value as object)
      .map(([key, one]) => `<${entryName}>${writeEntry(schema, key, one)}</${entryName}>`)
      .join('');
    return flat ? entries : `<${name}>${entries}</${name}>`;
  }
  return element(name, scalarText(schema, value));
};

/** Members written as attributes, such as the type of S3's grantees, with the namespace that they need. */
const attributesOf = (structure: NormalizedSchema, value: object): string => {
  let attributes = '';
  for (const [name, member] of structure.structIterator()) {
    const one = (value as Record<string, unknown>)[name];
    if (!member.getMemberTraits().xmlAttribute || one === undefined) continue;
    const [prefix, namespace] = [structure.getMergedTraits().xmlNamespace ?? []].flat();
    if (prefix) attributes += ` xmlns:${prefix}="${namespace}"`;
    attributes += ` ${xmlNameOf(member, name)}="${escapeAttribute(scalarText(member, one))}"`;
  }
  return attributes;
};

const writeEntry = (map: NormalizedSchema, key: string, value: unknown): string => {
  const [keySchema, valueSchema] = [map.getKeySchema(), map.getValueSchema()];
  return (
    element(entryNameOf(keySchema, 'key'), key) +
    writeMember(valueSchema, entryNameOf(valueSchema, 'value'), value)
  );
};

export const scalarText = (schema: NormalizedSchema, value: unknown): string => {
  if (value instanceof Date) return value.toISOString();
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString('base64');
  return String(value);
};

/** An element with text. */
export const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Characters that XML 1.0 does not allow become U+FFFD; otherwise no client could read the answer. */
const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);

/** Readers convert line breaks and tabs in attributes to blanks, unless they are written as entities. */
const escapeAttribute = (text: string): string =>
  escapeXml(text).replace(/[\t\n]/g, (one) => `&#${one.charCodeAt(0)};`);
