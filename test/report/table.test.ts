import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { painter } from '../../src/report/color.ts';
import { table } from '../../src/report/table.ts';

const columns = [
  { title: 'NAME' },
  { title: 'NOTE', least: 5, spare: 1 },
  { title: 'MORE', least: 5, spare: 2 },
  { title: 'N', align: 'right' as const },
];
const rows = [
  [{ text: 'pen' }, { text: 'writes in blue' }, { text: 'ten cells!' }, { text: '1' }],
  [{ text: 'paper' }, { text: '' }, { text: '' }, { text: '100' }],
];

describe('table', () => {
  it('lines up its columns, without spaces at the end', () => {
    expect(table(columns, rows, 80)).toBe(
      [
        '  NAME   NOTE            MORE          N',
        '  pen    writes in blue  ten cells!    1',
        '  paper                              100',
      ].join('\n'),
    );
  });

  it('cuts the widest column that may be cut', () => {
    expect(table(columns, rows, 36).split('\n')[1]).toBe('  pen    writes in…  ten cells!    1');
  });

  it('then leaves out columns, the least important first, and never cuts the others', () => {
    expect(table(columns, rows, 25).split('\n')).toEqual([
      '  NAME   NOTE           N',
      '  pen    writes in…     1',
      '  paper               100',
      '  not shown in 25',
      '    columns: MORE',
    ]);
    expect(table(columns, rows, 8).split('\n')[2]).toBe('  paper  100');
  });

  it('cuts the beginning of texts that differ at their end', () => {
    const [first, note, ...more] = columns;
    if (first === undefined || note === undefined) throw new Error('no columns');
    const lines = table([first, { ...note, keepsEnd: true }, ...more], rows, 36).split('\n');
    expect(lines[1]).toBe('  pen    …s in blue  ten cells!    1');
  });

  it('is as wide in colour as without', () => {
    const colored = rows.map((row) => row.map((cell) => ({ ...cell, color: 'green' as const })));
    const drawn = table(columns, colored, 30, painter(true));
    expect(drawn).toContain('\u001b[32mpen');
    expect(stripVTControlCharacters(drawn)).toBe(table(columns, rows, 30));
  });
});
