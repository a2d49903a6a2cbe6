import { isCandidate } from '../model/candidate.ts';

/** The forms of a release's time in a version, a tag or an option, all in UTC. */
const forms = {
  timestamp: {
    pattern: String.raw`\d{8}T\d{6}Z`,
    text: (now: Date) => now.toISOString().replace(/[-:]|\.\d+/g, ''),
  },
  'timestamp.digits': {
    pattern: String.raw`\d{14}`,
    text: (now: Date) => now.toISOString().replace(/\.\d+|\D/g, ''),
  },
  'timestamp.epoch': {
    pattern: String.raw`\d{10}`,
    text: (now: Date) => String(Math.floor(now.getTime() / 1000)),
  },
  'timestamp.date': {
    pattern: String.raw`\d{4}-\d{2}-\d{2}`,
    text: (now: Date) => now.toISOString().slice(0, 10),
  },
} as const;

type Form = keyof typeof forms;

/** `timestamp`, `timestamp.digits`, … : the names of the placeholders. */
export const timestampForms = Object.keys(forms) as Form[];

const placeholder = /\{(timestamp(?:\.(?:digits|epoch|date))?)\}/g;

export const hasTimestamp = (version: string): boolean => version.search(placeholder) !== -1;

/** `1.4.{timestamp}` → `1.4.20260102T030405Z`: UTC, to the second, in the characters of a version. */
export const withTimestamp = (version: string, now: Date): string =>
  version.replace(placeholder, (_, form: Form) => forms[form].text(now));

/**
 * The value of each form in the release of a version that was made from `template`. The time is in the version, so it is the
 * same on every machine and whenever the release is resumed. If the version contains only the date, only the date is known.
 * Undefined if the version has no time of this template. Pure.
 */
export function momentOf(template: string, version: string): Partial<Record<Form, string>> | undefined {
  if (!hasTimestamp(template)) return undefined;
  const named: Form[] = [];
  const pattern = template
    .split(placeholder)
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[.]/g, String.raw`\.`);
      named.push(part as Form);
      return `(${forms[part as Form].pattern})`;
    })
    .join('');
  const [, ...found] = new RegExp(`^${pattern}$`).exec(version) ?? [];
  const moments = found.map(
    (text, index) => [named[index] ?? 'timestamp', dateOf(text, named[index])] as const,
  );
  const [whole = moments[0]] = moments.filter(([form]) => form !== 'timestamp.date');
  if (!whole || Number.isNaN(whole[1].getTime())) return undefined;
  const known = whole[0] === 'timestamp.date' ? (['timestamp.date'] as const) : timestampForms;
  const texts = Object.fromEntries(known.map((form) => [form, forms[form].text(whole[1])]));
  return found.every((text, index) => texts[named[index] ?? ''] === text) ? texts : undefined;
}

function dateOf(text: string, form: Form | undefined): Date {
  if (form === 'timestamp.epoch') return new Date(Number(text) * 1000);
  if (form === 'timestamp.date') return new Date(`${text}T00:00:00Z`);
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The versions among `known` that a version with `{timestamp}` can have become, newest first. */
export function versionsOf(version: string, known: readonly string[]): string[] {
  const at = (one: string): string => {
    const moment = momentOf(version, one);
    return moment?.['timestamp.digits'] ?? moment?.['timestamp.date'] ?? '';
  };
  return known.filter((one) => at(one) !== '').toSorted((a, b) => (at(a) < at(b) ? 1 : -1));
}

/**
 * Whether the release of a version is a candidate. The time in a version that was made from `template` does not make it one:
 * `1.4-{timestamp}` counts as `1.4`, and `1.4-rc.{timestamp}` as `1.4-rc`. Pure.
 */
export const isCandidateOf = (template: string, version: string): boolean =>
  isCandidate(momentOf(template, version) ? withoutTimestamp(template) : version);

const withoutTimestamp = (template: string): string =>
  template.replace(/[-._]?\{timestamp(?:\.(?:digits|epoch|date))?\}/g, '');
