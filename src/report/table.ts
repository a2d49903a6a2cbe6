import stringWidth from 'string-width';
import { type Color, type Paint, painter } from './color.ts';
import { cut, cutStart, pad, wrap } from './text.ts';

export interface Column {
  title: string;
  align?: 'right';
  /** May be cut to this width if the table is too wide. Absent: never cut. */
  least?: number;
  /** Cut at the start instead of the end. */
  keepsEnd?: true;
  /** Dropped if cutting is not enough, highest first. Absent: always shown. */
  spare?: number;
}

export interface Cell {
  text: string;
  color?: Color;
}

const indent = '  ';
const gap = '  ';

/**
 * A table in lines of at most `width` cells, if its columns allow that. Columns that may be cut are cut, widest first; then
 * columns that can be spared are dropped, and a last line says so. Pure.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paint: Paint = painter(false),
): string {
  let kept = columns.map((column, index) => ({ ...column, index }));
  const natural = ({ title, index }: { title: string; index: number }) =>
    Math.max(...[title, ...rows.map((row) => row[index]?.text ?? '')].map((text) => stringWidth(text)));
  const room = () => width - indent.length - gap.length * (kept.length - 1);
  let widths = shrink(kept, kept.map(natural), room());
  while (sum(widths) > room()) {
    const spared = kept.filter(({ spare }) => spare !== undefined).sort(bySpare)[0];
    if (spared === undefined) break;
    kept = kept.filter((column) => column !== spared);
    widths = shrink(kept, kept.map(natural), room());
  }
  const line = (cellOf: (column: (typeof kept)[number]) => Cell) =>
    trimmed(
      kept.map((column, place) => {
        const size = widths[place] ?? 0;
        const { text, color } = cellOf(column);
        const shown = (column.keepsEnd ? cutStart : cut)(text, size);
        const space = pad('', size - stringWidth(shown));
        const painted = color === undefined ? shown : paint(color, shown);
        return column.align === 'right' ? [space, painted] : [painted, space];
      }),
    );
  const head = line(({ title }) => ({ text: title, color: 'dim' }));
  const dropped = columns.filter((_, index) => !kept.some((column) => column.index === index));
  const note = `${indent}not shown in ${width} columns: ${dropped.map(({ title }) => title).join(', ')}`;
  return [
    head,
    ...rows.map((row) => line(({ index }) => row[index] ?? { text: '' })),
    ...(dropped.length === 0 ? [] : wrap(note, width, indent + indent).map((part) => paint('dim', part))),
  ].join('\n');
}

/** The widths after cutting the widest column, one cell at a time, until the sum fits. */
function shrink(columns: readonly Column[], natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  while (sum(widths) > room) {
    let widest = -1;
    for (const [place, { least }] of columns.entries()) {
      const size = widths[place] ?? 0;
      if (least !== undefined && size > least && size > (widths[widest] ?? 0)) widest = place;
    }
    if (widest === -1) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const bySpare = (a: Column, b: Column) => (b.spare ?? 0) - (a.spare ?? 0);

/** Cells joined, without spaces at the end of the line. */
function trimmed(cells: string[][]): string {
  const parts = cells.flatMap((cell, place) => (place === 0 ? [indent, ...cell] : [gap, ...cell]));
  while (parts.length > 0 && (parts.at(-1) ?? '').trim() === '') parts.pop();
  return parts.join('');
}
