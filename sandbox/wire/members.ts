import type { NormalizedSchema } from '@smithy/core/schema';

/** Names of a structure's required members: the first ones, as many as element 6 of its schema says. */
export const requiredMembers = (structure: NormalizedSchema): string[] => {
  const schema: unknown = structure.getSchema();
  if (!Array.isArray(schema)) return [];
  const names: unknown = schema[4];
  const count: unknown = schema[6];
  return Array.isArray(names) && typeof count === 'number' ? names.slice(0, count).map(String) : [];
};

/** A member's element name in XML answers, and the prefix of its name in query requests. */
export const xmlNameOf = (member: NormalizedSchema, name: string): string =>
  textTrait(member.getMemberTraits().xmlName) ?? name;

/** The element name of a list's entries, a map's keys or values. */
export const entryNameOf = (entry: NormalizedSchema, otherwise: string): string =>
  textTrait(entry.getMergedTraits().xmlName) ?? otherwise;

/**
 * A member's name in EC2's query requests: its own, otherwise the XML name with a capital letter (Smithy,
 * aws.protocols#ec2Query).
 */
export const ec2QueryNameOf = (member: NormalizedSchema, name: string): string => {
  const own = textTrait(member.getMemberTraits().ec2QueryName);
  if (own) return own;
  const inXml = xmlNameOf(member, name);
  return inXml.charAt(0).toUpperCase() + inXml.slice(1);
};

const textTrait = (trait: unknown): string | undefined => (typeof trait === 'string' ? trait : undefined);
