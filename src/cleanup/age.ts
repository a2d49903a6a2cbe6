/** A resource older than this is a leftover, even if someone is building: builds take three hours at most. Milliseconds. */
const oldAge = 6 * 60 * 60_000;

export interface Times {
  /** Milliseconds since 1970. */
  now: number;
  /** Releases that are being published; `unknown` if the lookup failed. */
  atWork: ReadonlySet<string> | 'unknown';
}

/** Why a resource of a release counts as left behind; undefined if it does not. Pure. */
export function whyLeft(
  release: string,
  created: string | undefined,
  { now, atWork }: Times,
): string | undefined {
  if (isOlder(created, oldAge, now)) return `older than six hours: created on ${created?.slice(0, 16)}Z`;
  return atWork !== 'unknown' && !atWork.has(release) ? `${release} is not being published` : undefined;
}

/** A time that is unknown, or cannot be parsed, is no proof of age. Pure. */
export const isOlder = (created: string | undefined, age: number, now: number): boolean =>
  created !== undefined && now - Date.parse(created) > age;

export const isOld = (created: string | undefined, now: number): boolean => isOlder(created, oldAge, now);
