/** What is older than this was left behind, whoever may be building: builds last three hours at most. Milliseconds. */
const oldAge = 6 * 60 * 60_000;

/** Names that Packer gives to its own key pairs and security groups: `packer_` and a UUID. */
const packerName = /^packer_([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isPackerName = (name: string): boolean => packerName.test(name);

/** Packer did not exist before; its clock may be some minutes ahead of ours. */
const firstPacker = Date.UTC(2013, 0);
const clockDifference = 10 * 60_000;

/**
 * When Packer created a resource of such a name, ISO 8601: its UUIDs begin with the seconds since 1970 (`TimeOrderedUUID` in
 * packer-plugin-sdk, uuid/uuid.go). Undefined where the name does not say a time that can be. Pure.
 */
export function madeByPackerAt(name: string, now: number): string | undefined {
  const seconds = Number.parseInt(packerName.exec(name)?.[1] ?? '', 16);
  const at = seconds * 1000;
  return at >= firstPacker && at <= now + clockDifference ? new Date(at).toISOString() : undefined;
}

export interface Times {
  /** Milliseconds since 1970. */
  now: number;
  /** Releases that are being published; `unknown` where that could not be looked up. */
  atWork: ReadonlySet<string> | 'unknown';
}

/** Why something of a release counts as left behind; undefined where it does not. Pure. */
export function whyLeft(
  release: string,
  created: string | undefined,
  { now, atWork }: Times,
): string | undefined {
  if (isOlder(created, oldAge, now)) return `created on ${created?.slice(0, 16)}Z`;
  return atWork !== 'unknown' && !atWork.has(release) ? `${release} is not being published` : undefined;
}

/** A time that is unknown, or cannot be parsed, is no proof of age. Pure. */
export const isOlder = (created: string | undefined, age: number, now: number): boolean =>
  created !== undefined && now - Date.parse(created) > age;

export const isOld = (created: string | undefined, now: number): boolean => isOlder(created, oldAge, now);
