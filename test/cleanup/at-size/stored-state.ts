import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** Everything that a sandbox has written to its folder, by `kind/account/region/id`. */
export type State = Map<string, unknown>;

/** Its records of deregistered AMIs are left out: they are shown to nobody. */
export function storedState(folder: string): State {
  const records: State = new Map();
  const [, ...lines] = readFileSync(join(folder, 'state.ndjson'), 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    for (const [kind, account, region, id, record] of JSON.parse(line) as [...string[], unknown][]) {
      const key = [kind, account, region, id].join('/');
      const isGone = record === null || (kind === 'image' && isDeregistered(record));
      if (isGone) records.delete(key);
      else records.set(key, record);
    }
  }
  return records;
}

const isDeregistered = (record: unknown): boolean =>
  (record as { state?: string } | undefined)?.state === 'deregistered';

/** As text, one line for each record. */
export function differences(found: State, expected: State): string[] {
  return [...new Set([...found.keys(), ...expected.keys()])].sort().flatMap((key) => {
    if (!found.has(key)) return [`gone, and should be there: ${key}`];
    if (!expected.has(key)) return [`there, and should be gone: ${key}`];
    const [is, should] = [found.get(key), expected.get(key)];
    if (isDeepStrictEqual(is, should)) return [];
    return [`${key}: is ${JSON.stringify(is)}, should be ${JSON.stringify(should)}`];
  });
}
