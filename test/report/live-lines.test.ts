import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { painter } from '../../src/report/color.ts';
import { liveLines, summaryLine } from '../../src/report/live-lines.ts';
import { at, planned, start, stateAfter, two } from './made-up.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];
const images = ['1204-pv', '1204-hvm', '1404-pv', '1404-hvm'];
const doing =
  'Waiting for SSH to become available, which takes its time on a day like this, as it always did';

/** Three regions: one in progress, one done except for a failure, one that waits. */
const busy = stateAfter(
  at(0, planned(regions, images)),
  ...images.flatMap((image, number) => {
    const target = `us-east-1-${image}`;
    return [
      at(number, { type: 'attempt-started' as const, target, attempt: 2, of: 3, log: 'log' }),
      at(number, { type: 'attempt-progress' as const, target, text: doing }),
    ];
  }),
  ...images.map((image) =>
    at(9, { type: 'verified' as const, target: `eu-west-1-${image}`, ami: 'ami-0aaaaaaaaaaaaaaa1' }),
  ),
  at(9, {
    type: 'attempt-ended',
    target: 'eu-west-1-1404-pv',
    attempt: 1,
    exit: 1,
    seconds: 5,
    error: { kind: 'transient', message: 'InsufficientInstanceCapacity: none left' },
    retryIn: 20,
  }),
);
const now = start + 65_000;

const draw = (columns: number, rows: number, color = false) =>
  liveLines(busy, { columns, rows }, now, painter(color)).flatMap(({ line, targets }) => [
    line,
    ...targets.filter((text) => text !== ''),
  ]);

describe.each([false, true])('with colour %s', (color) => {
  it.each([12, 20, 33, 40, 60, 76, 80, 100, 196])('no line is longer than %i cells', (columns) => {
    const drawn = [
      ...draw(columns, 10, color),
      ...draw(columns, 50, color),
      summaryLine(busy, columns, painter(color)),
    ];
    const lengths = drawn.map((line) => [...stripVTControlCharacters(line)].length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(columns);
    expect(drawn.length).toBeGreaterThan(regions.length + images.length * regions.length);
  });
});

it('has a line for every target if the terminal is high enough', () => {
  expect(draw(76, 40)).toEqual([
    'us-east-1',
    '● 1204-pv   01:05  attempt 2 of 3: Waiting for SSH to become available, whi…',
    '● 1204-hvm  01:04  attempt 2 of 3: Waiting for SSH to become available, whi…',
    '● 1404-pv   01:03  attempt 2 of 3: Waiting for SSH to become available, whi…',
    '● 1404-hvm  01:02  attempt 2 of 3: Waiting for SSH to become available, whi…',
    'eu-west-1',
    '✔ 1204-pv   ami-0aaaaaaaaaaaaaaa1  verified',
    '✔ 1204-hvm  ami-0aaaaaaaaaaaaaaa1  verified',
    '↻ 1404-pv   attempt 2 in 0 s: InsufficientInstanceCapacity: none left',
    '✔ 1404-hvm  ami-0aaaaaaaaaaaaaaa1  verified',
    'ap-southeast-2',
    '◌ 1204-pv',
    '◌ 1204-hvm',
    '◌ 1404-pv',
    '◌ 1404-hvm',
  ]);
});

it('otherwise has a line for every region, with more text if it is wide', () => {
  expect(draw(76, 12)).toEqual([
    'us-east-1       ● 1204-pv 01:05  ● 1204-hvm 01:04  ● 1404-pv  ● 1404-hvm',
    'eu-west-1       ✔ 1204-pv  ✔ 1204-hvm  ↻ 1404-pv attempt 2 in 0…  ✔ 1404-hvm',
    'ap-southeast-2  ◌ 1204-pv  ◌ 1204-hvm  ◌ 1404-pv  ◌ 1404-hvm',
  ]);
  expect(draw(196, 12)[0]).toContain('● 1204-pv 01:05 attempt 2 of 3: Waiting fo…  ● 1204-hvm 01:04 attempt');
});

it('only counts if not even the names fit', () => {
  expect(draw(40, 12)).toEqual(['us-east-1       ● 4', 'eu-west-1       ✔ 3  ↻ 1', 'ap-southeast-2  ◌ 4']);
});

it('has no line for a region that has no target in this run', () => {
  const some = planned(['us-east-1'], images);
  const state = stateAfter(at(0, { ...some, regions }));
  for (const rows of [10, 50]) {
    const drawn = liveLines(state, { columns: 80, rows }, now, painter(false));
    expect(drawn.map(({ region }) => region)).toEqual(['us-east-1']);
  }
});

it('begins the summary with the elapsed time, and says if nothing will be shared', () => {
  const line = (more: object) =>
    summaryLine(stateAfter(at(0, { ...two, public: true, ...more })), 120, painter(false), now);
  expect(line({})).toBe('01:05 · 0 of 2 verified · 2 to build · 0 public until all are verified');
  expect(line({ othersMissing: 6 })).toBe(
    '01:05 · 0 of 2 verified · 2 to build · shared with nobody yet: 6 other targets are missing',
  );
});

it('says that it was interrupted', () => {
  const target = 'us-east-1-2204-hvm';
  const begins = at(1, { type: 'attempt-started', target, attempt: 1, of: 3, log: 'log' });
  const state = stateAfter(at(0, two), begins, at(2, { type: 'interrupted', count: 1 }));
  expect(summaryLine(state, 80, painter(false))).toBe(
    'stopping: waiting for 1 build to clean up; Ctrl-C again exits at once',
  );
});
