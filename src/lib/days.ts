/** Milliseconds. */
export const day = 24 * 60 * 60 * 1000;

/** Whole days in words: `1 day`, `30 days`. Pure. */
export function inDays(milliseconds: number): string {
  const count = Math.floor(milliseconds / day);
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}
