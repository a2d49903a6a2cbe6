import { expect, it } from 'vitest';
import { type Entry, keyOf } from '../../src/record/entry.ts';
import { mergeIds } from '../../src/record/merge.ts';
import { parseIds } from '../../src/record/parse.ts';
import { renderIds } from '../../src/record/render.ts';
import { entry } from './an-entry.ts';

/** Random numbers from 0 to 1, the same in every run (the generator mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Entries of so few kinds that two lists share some; each kind once. */
function someEntries(random: () => number): Entry[] {
  const one = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];
  const entries = Array.from({ length: Math.floor(random() * 12) }, () =>
    entry({
      region: one(['us-east-1', 'eu-west-1']),
      distributor: one(['Ubuntu', 'Debian']),
      release: one(['1204', '1404', '2204']),
      virtualization: one(['hvm', 'pv']),
      architecture: one(['x86_64', 'arm64']),
      rootDevice: one(['ebs', 'instance-store']),
      id: `ami-${Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')}`,
    }),
  );
  return [...new Map(entries.map((each) => [keyOf(each), each])).values()];
}

const cases = Array.from({ length: 300 }, (_, seed) => {
  const random = numbers(seed);
  const [file, ours, others] = [someEntries(random), someEntries(random), someEntries(random)];
  const taken = new Set(ours.map(keyOf));
  return { file, ours, others: others.filter((each) => !taken.has(keyOf(each))) };
});

const merged = (file: readonly Entry[], ours: readonly Entry[]) => mergeIds(file, ours).entries;

it('contains all of our entries, and all others except those that ours replaced', () => {
  for (const { file, ours } of cases) {
    const after = new Map(merged(file, ours).map((each) => [keyOf(each), each.id]));
    const expected = new Map([...file, ...ours].map((each) => [keyOf(each), each.id]));
    expect(after).toEqual(expected);
  }
});

it('gives the same text in whatever order others are merged, once or twice', () => {
  for (const { file, ours, others } of cases) {
    const once = renderIds(merged(merged(file, ours), others));
    expect(renderIds(merged(merged(file, others), ours))).toBe(once);
    expect(renderIds(merged(merged(file, [...ours].reverse()), [...others].reverse()))).toBe(once);
    expect(renderIds(merged(merged(merged(file, ours), others), ours))).toBe(once);
  }
});

it('loses nothing when it is written and read, in any order of entries', () => {
  for (const { file } of cases) {
    const text = renderIds(file);
    const parsed = parseIds(text);
    expect(parsed.ok && new Set(parsed.entries)).toEqual(new Set(file));
    expect(renderIds([...file].reverse())).toBe(text);
    expect(text).not.toMatch(/[ \t]\n/);
    expect(text.endsWith('}\n')).toBe(true);
  }
});

it('counts added, replaced and unchanged entries', () => {
  const file = [entry(), entry({ region: 'eu-west-1' }), entry({ release: '1404' })];
  const ours = [
    entry(),
    entry({ region: 'eu-west-1', id: 'ami-0000000b' }),
    entry({ architecture: 'arm64' }),
    entry({ virtualization: 'pv' }),
  ];
  expect(mergeIds(file, ours)).toMatchObject({ added: 2, replaced: 1, same: 1 });
});
