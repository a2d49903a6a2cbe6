/** Milliseconds. */
export const day = 24 * 60 * 60 * 1000;

/** `2026-11-30`, in UTC, from milliseconds since 1970. Pure. */
export const dateWords = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Whole days in words: `1 day`, `30 days`. Pure. */
export function inDays(milliseconds: number): string {
  const count = Math.floor(milliseconds / day);
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}
