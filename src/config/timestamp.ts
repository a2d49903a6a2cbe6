/** What a version may hold so that each publish is a release of its own. */
const placeholder = '{timestamp}';

export const hasTimestamp = (version: string): boolean => version.includes(placeholder);

/** `1.4.{timestamp}` → `1.4.20260102T030405Z`: UTC, to the second, in the characters of a version. */
export const withTimestamp = (version: string, now: Date): string =>
  version.replaceAll(placeholder, `${now.toISOString().replace(/[-:]|\.\d+/g, '')}`);

/** The versions among `known` that a version with `{timestamp}` can have become, the newest first. */
export function versionsOf(version: string, known: readonly string[]): string[] {
  const [before = '', ...rest] = version.split(placeholder).map((part) => part.replace(/[.]/g, '\\.'));
  const again = rest.slice(1).map((part) => `\\k<at>${part}`);
  const pattern = new RegExp(`^${before}(?<at>\\d{8}T\\d{6}Z)${rest[0] ?? ''}${again.join('')}$`);
  const at = (one: string) => pattern.exec(one)?.groups?.at ?? '';
  return known.filter((one) => at(one) !== '').toSorted((a, b) => (at(a) < at(b) ? 1 : -1));
}
