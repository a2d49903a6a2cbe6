import { expect, it } from 'vitest';
import { withVersionOfTag } from '../../src/config/version-of-tag.ts';
import { folderWith, least, read, refusal } from './a-config.ts';

const git = { tag: 'release/{version}', candidateTag: '{publication}/candidate/{version}' };

it('a release has its own tag name, and a candidate another', () => {
  expect(read({ ...least, git }).git).toMatchObject({ clean: false, pushed: false, tag: 'release/1.0.0' });
  expect(read({ ...least, version: '1.0.0-rc.1', git }).git?.tag).toBe('web/candidate/1.0.0-rc.1');
  expect(read({ ...least, version: '1.0.0-rc.1', git: { tag: git.tag } }).git?.tag).toBeUndefined();
  expect(read(least).git).toBeUndefined();
});

it.each<[what: string, git: unknown, says: RegExp]>([
  ['no object', true, /git: expected an object/],
  ['an unknown key', { push: true }, /git\.push: expected one of the keys/],
  [
    'one tag for all',
    { tag: 'latest' },
    /git\.tag: expected \{version\} in the name of the tag, .* found "latest"/,
  ],
  [
    'an unknown placeholder',
    { tag: '{version}-{region}' },
    /git\.tag: expected one of \{version\}, \{publication\}, found \{region\}/,
  ],
  ['a blank', { tag: 'release {version}' }, /git\.tag: expected a tag name that git accepts/],
  [
    'a slash at the end',
    { candidateTag: '{version}/' },
    /git\.candidateTag: expected a tag name that git accepts/,
  ],
  ['an option', { tag: '-{version}' }, /git\.tag: expected a tag name that git accepts/],
  ['two dots', { tag: 'v..{version}' }, /git\.tag: expected a tag name that git accepts/],
])('%s is refused', (_, given, says) => {
  expect(refusal(() => read({ ...least, git: given })).join('\n')).toMatch(says);
});

it.each([
  ['web@release/2.6.4', 'web@2.6.4'],
  ['web@refs/tags/release/2.6.4', 'web@2.6.4'],
  ['web@web/candidate/2.6.4-rc1', 'web@2.6.4-rc1'],
  ['configs/web.json@release/2.6.4', 'configs/web.json@2.6.4'],
  ['web@2.6.4', 'web@2.6.4'],
  ['web', 'web'],
  ['web@candidate/2.6.4', 'web@candidate/2.6.4'],
  ['web@release/2/6', 'web@release/2/6'],
  ['other@release/2.6.4', 'other@release/2.6.4'],
  ['me@release/web.json', 'me@release/web.json'],
])('%s means %s', (text, meant) => {
  expect(withVersionOfTag(text, folderWith({ ...least, git }))).toBe(meant);
});

it('a tag whose name could be a version is recognized, too', () => {
  const folder = folderWith({ ...least, git: { tag: 'v{version}' } });
  expect(withVersionOfTag('web@v2.6.4', folder)).toBe('web@2.6.4');
});
