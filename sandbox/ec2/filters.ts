import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../model/aws-error.ts';

/** The values of an item that a filter compares with, by the filter's name: one, several, or none. */
export type Fields<T> = Record<string, (item: T) => string | (string | undefined)[] | undefined>;

/** Filters that AWS documents for something the sandbox does not have: they match no item. */
export const matchNothing = <T>(...names: string[]): Fields<T> =>
  Object.fromEntries(names.map((name) => [name, () => undefined]));

/**
 * Items that match every filter: with any of its values, the wildcards `*` and `?`, `\` before a literal one, case-sensitive
 * ("Filter the AWS resources", EC2 User Guide). With `tagsOf`, also `tag:KEY`, `tag-key` and the older `tag-value`. Throws
 * `InvalidParameterValue` for a filter that the operation does not have.
 */
export const filtered = <T>(
  items: T[],
  filters: Filter[] | undefined,
  fields: Fields<T>,
  tagsOf?: (item: T) => Record<string, string>,
): T[] => {
  checkLimits(filters ?? []);
  const tests = (filters ?? []).map((filter) => testOf(filter, fields, tagsOf));
  return items.filter((item) => tests.every((test) => test(item)));
};

/**
 * All filter values of a call are counted together: 199 ids next to a filter with one value are accepted, 200 are not
 * (ansible/ansible#16184).
 */
const checkLimits = (filters: Filter[]): void => {
  const values = filters.flatMap(({ Values }) => Values ?? []);
  if (values.length > 200) {
    throw new AwsError(
      'FilterLimitExceeded',
      'The maximum number of filter values specified on a single call is 200',
    );
  }
  if (values.some((value) => value.length > 255)) {
    throw new AwsError('FilterLimitExceeded', 'The maximum length for a filter value is 255 characters');
  }
};

const testOf = <T>(
  { Name, Values }: Filter,
  fields: Fields<T>,
  tagsOf?: (item: T) => Record<string, string>,
): ((item: T) => boolean) => {
  const name = Name ?? 'null';
  const look = fieldNamed(name, fields, tagsOf);
  if (!look) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  if (!Values || Values.length === 0) {
    throw new AwsError('InvalidParameterValue', `The filter '${name}' has no values`);
  }
  const patterns = Values.map(patternOf);
  return (item) =>
    [look(item)]
      .flat()
      .some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)));
};

const fieldNamed = <T>(
  name: string,
  fields: Fields<T>,
  tagsOf: ((item: T) => Record<string, string>) | undefined,
): Fields<T>[string] | undefined => {
  if (Object.hasOwn(fields, name)) return fields[name];
  if (!tagsOf) return undefined;
  if (name === 'tag-key') return (item) => Object.keys(tagsOf(item));
  if (name === 'tag-value') return (item) => Object.values(tagsOf(item));
  if (name.startsWith('tag:') && name.length > 4) return (item) => tagsOf(item)[name.slice(4)];
  return undefined;
};

/** A filter value as a regular expression that must match the whole text. */
export const patternOf = (value: string): RegExp => {
  const source = value.replace(/\\[\s\S]|\*+|\?|[\s\S]/g, (part) => {
    if (part.startsWith('*')) return '[^]*';
    if (part === '?') return '[^]';
    return (part.length > 1 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
};
