import { expect, it, vi } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { versionsOf, withTimestamp } from '../../src/config/timestamp.ts';
import { folderWith, least, read, refusal } from './a-config.ts';

const now = new Date('2026-01-02T03:04:05.678Z');

it('a timestamp is UTC, to the second, in the characters of a version', () => {
  expect(withTimestamp('1.4.{timestamp}', now)).toBe('1.4.20260102T030405Z');
  expect(withTimestamp('{timestamp}', now)).toBe('20260102T030405Z');
});

it('knows its versions again, the newest first, and no other’s', () => {
  const mine = ['1.4.20251231T235959Z', '1.4.20260102T030405Z', '1.4.20260102T030404Z'];
  const others = ['1.4.0', '1x4.20260102T030405Z', '11.4.20260102T030405Z', '1.4.20260102T030405Z-b'];
  expect(versionsOf('1.4.{timestamp}', [...mine, ...others])).toEqual([mine[1], mine[2], mine[0]]);
  expect(versionsOf('{timestamp}-b', ['20260102T030405Z-b', '20260102T030405Z'])).toEqual([
    '20260102T030405Z-b',
  ]);
});

it('is chosen where the command names no version, and not where it names one', () => {
  const cwd = folderWith({ ...least, version: '1.{timestamp}' });
  const versionOf = vi.fn((template: string, name: string) => `${template.length}-${name}`);
  expect(readPublication('web', { cwd, versionOf }).version).toBe('13-web');
  expect(readPublication('web@1.5', { cwd, versionOf }).version).toBe('1.5');
  expect(versionOf).toHaveBeenCalledTimes(1);
});

it.each([
  ['1.{timestmp}', /version: expected a version in quotes.*found "1\.\{timestmp\}"/],
  [
    `${'v'.repeat(50)}.{timestamp}`,
    /version: expected at most 60 characters once \{timestamp\} is filled in, found 67: /,
  ],
])('a version cannot be %s', (version, says) => {
  expect(refusal(() => read({ ...least, version }))).toEqual([expect.stringMatching(says)]);
});
