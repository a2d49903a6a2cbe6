import { describe, expect, it } from 'vitest';
import { parsePublicationName } from '../../src/config/publication-name.ts';
import { refusal } from './a-config.ts';

describe('the name of a publication', () => {
  it.each([
    ['test-ebs', { publication: 'test-ebs', isPath: false }],
    ['test-ebs@1.2.3', { publication: 'test-ebs', isPath: false, version: '1.2.3' }],
    ['a.b@1', { publication: 'a.b', isPath: false, version: '1' }],
    ['web.json', { publication: 'web.json', isPath: true }],
    ['./shared/web.json@2', { publication: './shared/web.json', isPath: true, version: '2' }],
    ['/home/me@work/web.json', { publication: '/home/me@work/web.json', isPath: true }],
    ['/home/me@work/web.json@2', { publication: '/home/me@work/web.json', isPath: true, version: '2' }],
    ['web@2.json', { publication: 'web@2.json', isPath: true }],
  ])('%s is read as publication and version', (text, parsed) =>
    expect(parsePublicationName(text)).toEqual(parsed),
  );

  it.each(['', ' ', '@1', 'web@', 'web@-1', 'web@1 2', 'web@1..0', 'web@1.0.0/2', `web@${'1'.repeat(61)}`])(
    '%j is refused',
    (text) => {
      expect(refusal(() => parsePublicationName(text))[0]).toContain('expected');
    },
  );
});
