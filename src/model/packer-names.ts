/** Names that Packer gives to its own key pairs and security groups: `packer_` and a UUID. */
const packerName = /^packer_([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isPackerName = (name: string): boolean => packerName.test(name);

/** Packer did not exist before. */
const firstPacker = Date.UTC(2013, 0);

/**
 * When Packer created a resource with such a name, ISO 8601: its UUIDs start with the seconds since 1970 (`TimeOrderedUUID` in
 * packer-plugin-sdk, uuid/uuid.go). Undefined if the name contains no plausible time. Pure.
 */
export function packerTime(name: string): string | undefined {
  const seconds = Number.parseInt(packerName.exec(name)?.[1] ?? '', 16);
  return seconds * 1000 >= firstPacker ? new Date(seconds * 1000).toISOString() : undefined;
}
