import { describe, expect, it, vi } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { isCandidateOf, momentOf, versionsOf, withTimestamp } from '../../src/config/timestamp.ts';
import { builderOptionsFor } from '../../src/plan/builder-options.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { folderWith, least, read, refusal, withImage } from './a-config.ts';

const now = new Date('2026-01-02T03:04:05.678Z');

it('a timestamp is UTC, to the second, in the characters of a version', () => {
  expect(withTimestamp('1.4.{timestamp}', now)).toBe('1.4.20260102T030405Z');
  expect(withTimestamp('{timestamp}', now)).toBe('20260102T030405Z');
});

it('recognizes its own versions, the newest first, and no others', () => {
  const mine = ['1.4.20251231T235959Z', '1.4.20260102T030405Z', '1.4.20260102T030404Z'];
  const others = ['1.4.0', '1x4.20260102T030405Z', '11.4.20260102T030405Z', '1.4.20260102T030405Z-b'];
  expect(versionsOf('1.4.{timestamp}', [...mine, ...others])).toEqual([mine[1], mine[2], mine[0]]);
  expect(versionsOf('{timestamp}-b', ['20260102T030405Z-b', '20260102T030405Z'])).toEqual([
    '20260102T030405Z-b',
  ]);
});

it('is filled in only if the command names no version', () => {
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

const templates: [template: string, version: string][] = [
  ['1.4.{timestamp}', '1.4.20260102T030405Z'],
  ['1.4.{timestamp.digits}', '1.4.20260102030405'],
  ['{timestamp.epoch}', '1767323045'],
  ['{timestamp.date}', '2026-01-02'],
  ['{timestamp.date}.{timestamp.epoch}', '2026-01-02.1767323045'],
];

it.each(templates)('%s is %s', (template, version) => {
  expect(withTimestamp(template, now)).toBe(version);
  expect(versionsOf(template, [version, 'another'])).toEqual([version]);
});

it('the time of a release is read from its version, in every form; from a date only the date', () => {
  const all = {
    timestamp: '20260102T030405Z',
    'timestamp.digits': '20260102030405',
    'timestamp.epoch': '1767323045',
    'timestamp.date': '2026-01-02',
  };
  for (const [template, version] of templates) {
    const date = template === '{timestamp.date}' ? { 'timestamp.date': '2026-01-02' } : all;
    expect(momentOf(template, version)).toEqual(date);
  }
});

it.each([
  ['1.4.{timestamp}', '1.4.0'],
  ['1.4.0', '1.4.0'],
  ['1.4.{timestamp}', '1.4.20269902T030405Z'],
  ['{timestamp.date}.{timestamp.epoch}', '2026-01-03.1767323045'],
])('%s has no time in %s', (template, version) => {
  expect(momentOf(template, version)).toBeUndefined();
});

it.each([
  ['1.4-{timestamp}', '1.4-20260102T030405Z', false],
  ['1.4-{timestamp.digits}', '1.4-20260102030405', false],
  ['1.4-rc.{timestamp}', '1.4-rc.20260102T030405Z', true],
  ['1.4-{timestamp}-beta', '1.4-20260102T030405Z-beta', true],
  ['1.4-{timestamp}', '1.4-rc1', true],
  ['1.4.0', '1.4-20260102T030405Z', true],
])('with version %s, %s is a candidate: %s', (template, version, isOne) => {
  expect(isCandidateOf(template, version)).toBe(isOne);
  const cwd = folderWith({ ...least, version: template, share: { public: true } });
  expect(readPublication(`web@${version}`, { cwd }).share.public).toBe(!isOne);
});

describe('{timestamp} in options', () => {
  const config = (version: string) => ({
    ...withImage({
      builder: { instance_type: 'm5.large', tags: { Built: '{timestamp} {timestamp.date} {{timestamp}}' } },
    }),
    version,
    provisioners: [{ type: 'shell', inline: ['echo {timestamp.epoch}'] }],
  });

  it('is the time of the release, on every machine', () => {
    const cwd = folderWith(config('1.{timestamp.digits}'));
    const publication = readPublication('web@1.20260102030405', { cwd });
    const [image] = combinedImages(publication);
    expect(image && builderOptionsFor(publication, image, 'us-east-1').tags).toEqual({
      Built: '20260102T030405Z 2026-01-02 {{timestamp}}',
    });
  });

  it("is refused if the version has no time, or does not have this config's form", () => {
    const says = [
      'configs/web.json: images[0].builder.tags.Built: expected a version that says when the release is made, found {timestamp} with ' +
        'version "2.0". Put {timestamp} into "version", such as "1.4.{timestamp}", or remove it here.',
      expect.stringContaining('images[0].builder.tags.Built: expected a version that says when'),
      expect.stringContaining('provisioners[0].inline[0]: expected a version that says when'),
    ];
    expect(refusal(() => read(config('2.0')))).toEqual(says);
    expect(refusal(() => read(config('1.{timestamp}'), {}, 'web@2.0'))).toEqual(says);
    expect(refusal(() => read(config('{timestamp.date}'), {}, 'web@2026-01-02'))).toEqual([
      expect.stringContaining('found {timestamp} with version "2026-01-02"'),
      expect.stringContaining('found {timestamp.epoch} with version'),
    ]);
  });

  it('is refused in an unknown form', () => {
    const wrong = {
      ...config('{timestamp}'),
      provisioners: [{ type: 'shell', inline: ['{timestamp.iso}'] }],
    };
    expect(refusal(() => read(wrong))).toEqual([
      expect.stringContaining(
        'provisioners[0].inline[0]: expected one of {timestamp}, {timestamp.digits}, {timestamp.epoch}, {timestamp.date}, found {timestamp.iso}',
      ),
    ]);
  });

  it('does not prevent a cleanup', () => {
    const cwd = folderWith(config('2.0'));
    expect(readPublication('web', { cwd, given: 'unneeded' }).version).toBe('2.0');
  });
});
