import { literally } from '../lib/literally.ts';
import { memoize } from '../lib/memoize.ts';
import type { Ami } from '../model/ami.ts';
import type { Lookup } from '../model/lookup.ts';

/** Filters of DescribeImages, by name, and the owners they are for. */
export interface ImageFilters {
  owners: string[];
  filters: Record<string, string[]>;
}

/** The fields that DescribeImages compares with a filter's values, for the filters that are evaluated here. */
const fields: Record<string, (ami: Ami) => string> = {
  name: ({ name }) => name,
  architecture: ({ architecture }) => architecture,
  'virtualization-type': ({ virtualization }) => virtualization,
  'root-device-type': ({ rootDevice }) => rootDevice,
  state: ({ state }) => state,
};

/**
 * Looks up images by several filters of the same owners with one call that has all their values, and matches the images to the
 * filters here. Filters on other fields, filters with escaped characters and unannounced ones are looked up one by one.
 *
 * @param announced the filters that will be requested.
 */
export function imagesTogether(
  announced: readonly ImageFilters[],
  find: (filters: ImageFilters) => Promise<Lookup<Ami[]>>,
): (filters: ImageFilters) => Promise<Lookup<Ami[]>> {
  const groups = Map.groupBy(announced.filter(isDecidable), groupOf);
  const together = memoize((key: string) => find(merged(groups.get(key) ?? [])));
  const alone = memoize((key: string) => find(JSON.parse(key) as ImageFilters));
  return async (asked) => {
    const group = groups.get(groupOf(asked)) ?? [];
    const isAnnounced = group.some((one) => JSON.stringify(one) === JSON.stringify(asked));
    if (!isAnnounced) return alone(JSON.stringify(asked));
    const found = await together(groupOf(asked));
    return found.ok ? { ok: true, value: found.value.filter((ami) => matches(ami, asked)) } : found;
  };
}

const isDecidable = ({ filters }: ImageFilters): boolean =>
  Object.entries(filters).every(
    ([name, values]) => name in fields && values.every((value) => !value.includes('\\')),
  );

/** Only filters on the same fields share a call: an image may lack a value that another filter does not ask for. */
const groupOf = ({ owners, filters }: ImageFilters): string =>
  JSON.stringify([owners.toSorted(), Object.keys(filters).sort()]);

function merged(all: readonly ImageFilters[]): ImageFilters {
  const names = new Set(all.flatMap(({ filters }) => Object.keys(filters)));
  const values = (name: string) => [...new Set(all.flatMap(({ filters }) => filters[name] ?? []))];
  return {
    owners: all[0]?.owners ?? [],
    filters: Object.fromEntries([...names].map((name) => [name, values(name)])),
  };
}

/** `*` is any text, `?` any character; case matters ("Filter values with wildcards", Amazon EC2 User Guide). Pure. */
const matches = (ami: Ami, { filters }: ImageFilters): boolean =>
  Object.entries(filters).every(([name, values]) =>
    values.some((value) => pattern(value).test(fields[name]?.(ami) ?? '')),
  );

const pattern = memoize(
  (value: string) =>
    new RegExp(`^${literally(value).replaceAll(String.raw`\*`, '.*').replaceAll(String.raw`\?`, '.')}$`, 's'),
);
