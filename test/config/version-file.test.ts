import { describe, expect, it } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { folderWith, least, read, refusal } from './a-config.ts';

const python = { '../version.py': '# versions\nNAME = "x"\nVERSION = "2.6.4-rc1"\n' };
const match = '^VERSION = "(.*)"$';
const withVersion = (version: unknown) => ({ ...least, version, share: { public: true } });

describe('a version from a file', () => {
  it('is the group of the pattern, in which ^ and $ match at lines', () => {
    const publication = read(withVersion({ file: '../version.py', match }), python);
    expect(publication).toMatchObject({ version: '2.6.4-rc1', candidate: true, share: { public: false } });
  });

  it('is not read if the command names one', () => {
    const cwd = folderWith(withVersion({ file: 'nowhere', match }));
    expect(readPublication('web@1.0', { cwd }).version).toBe('1.0');
  });

  it('has a path relative to the file that names it', () => {
    const files = {
      'shared/base.json': JSON.stringify(withVersion({ file: 'VERSION', match: '(.+)' })),
      'shared/VERSION': '7\n',
    };
    expect(read({ extends: 'shared/base.json' }, files).version).toBe('7');
  });

  it.each<[string, unknown, RegExp]>([
    [
      'no file',
      { file: '../version.px', match },
      /version\.file: expected a file that can be read, found no such file: "\.\.\/version\.px"\. Paths are relative to \//,
    ],
    [
      'no match',
      { file: '../version.py', match: '^VERSIONS (.*)$' },
      /version\.match: expected text of \.\.\/version\.py that it matches, found none$/,
    ],
    [
      'no group',
      { file: '../version.py', match: 'VERSION' },
      /version\.match: expected a regular expression with one group, .*, found "VERSION"$/,
    ],
    [
      'two groups',
      { file: '../version.py', match: '(V)(.*)' },
      /version\.match: expected a regular expression with one group/,
    ],
    [
      'no pattern',
      { file: '../version.py', match: '(' },
      /version\.match: expected a regular expression with one group/,
    ],
    [
      'no version',
      { file: '../version.py', match: 'VERSION (.*)' },
      /version\.match: expected a version in \.\.\/version\.py: at most 60 letters.*, found "= \\"2\.6\.4-rc1\\""$/,
    ],
    [
      'half of it',
      { file: '../version.py' },
      /version\.match: expected a regular expression with one group, .*, found nothing$/,
    ],
    [
      'another key',
      { file: '../version.py', match, group: 1 },
      /version\.group: expected one of the keys "file", "match"/,
    ],
  ])('is refused with %s', (_, version, says) => {
    expect(refusal(() => read(withVersion(version), python))).toEqual([expect.stringMatching(says)]);
  });

  it('is refused together with other mistakes', () => {
    const config = {
      ...withVersion({ file: 'nowhere', match }),
      images: [{ ...least.images[0], builder: {} }],
    };
    expect(refusal(() => read(config))).toHaveLength(2);
  });
});
