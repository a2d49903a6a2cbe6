import { isMet, median, type Row } from './measurement.ts';

const heads = ['what', 'measured', 'compared with', 'ratio (spread)', 'aim', 'met'];

/** Rows as one table of Markdown, its columns aligned. */
export function table(rows: readonly Row[]): string {
  const cells = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`;
  return cells.map((row, index) => (index === 0 ? line(row) + rule : line(row))).join('');
}

function cellsOf(row: Row): string[] {
  if (!('ratios' in row)) return [row.what, row.measured, '', '', '', ''];
  const { what, measured, comparedWith, ratios, aim } = row;
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const spread = ratios.length > 1 ? ` (${short(least)} to ${short(most)})` : '';
  const met = isMet(row);
  return [
    what,
    measured,
    comparedWith,
    `${short(median(ratios))}${spread}`,
    aim ? `${aim.is} ${aim.ratio}` : '',
    met === undefined ? '' : met ? 'yes' : 'no',
  ];
}

const short = (ratio: number): string => ratio.toFixed(ratio < 10 ? 2 : 1);
