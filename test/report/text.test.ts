import { describe, expect, it } from 'vitest';
import { cut, joinWords, pad, wrap } from '../../src/report/text.ts';

describe('a width is in cells of the terminal, not in characters,', () => {
  it('when a text is cut', () => {
    expect(cut('東京リージョン', 8)).toBe('東京リ…');
    expect(cut('東京', 4)).toBe('東京');
    expect(cut('us-east-1 verified', 11)).toBe('us-east-1…');
    expect([cut('abc', 1), cut('abc', 0)]).toEqual(['…', '']);
  });

  it('when it is padded', () => {
    expect(pad('東京', 6)).toBe('東京  ');
    expect(pad('e\u0301', 3)).toBe('e\u0301  ');
    expect(pad('abcd', 3)).toBe('abcd');
  });

  it('when it is wrapped', () => {
    expect(wrap('東京 大阪 名古屋', 9, '  ')).toEqual(['東京 大阪', '  名古屋']);
    expect(wrap('a verylongword b', 6, '  ')).toEqual(['a', '  verylongword', '  b']);
  });
});

it('a list in text has no comma before "and"', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map(joinWords)).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
    'a, b, c and d',
  ]);
});
