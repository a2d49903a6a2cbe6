import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { ReleasesReport, ShownRelease } from '../model/events.ts';
import { type Color, type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { state as sharedWith } from './sharing.ts';
import { table } from './table.ts';
import { count, wrap } from './text.ts';

const colors: Partial<Record<ShownRelease['state'], Color>> = {
  current: 'green',
  yanked: 'red',
  retired: 'yellow',
  superseded: 'dim',
};

/** The output of `gopackgo releases`: every release, newest first. Pure. */
export function releasesTable(shown: ReleasesReport, width: number, paint: Paint = painter(false)): string {
  const { publication, account, endpoint, releases, unseen, warnings } = mapTexts(shown, printable);
  const columns = [
    { title: 'RELEASE' },
    { title: 'CREATED' },
    { title: 'AMIS', align: 'right' as const },
    { title: 'STATE' },
    { title: 'USED BY', least: 12 },
    { title: 'RECORDS', least: 12, spare: 1 },
    { title: 'DEPRECATED', spare: 2 },
  ];
  const rows = releases.map((one) => [
    { text: one.release },
    { text: one.created.slice(0, 16).replace('T', ' ') },
    { text: String(one.targets) },
    { text: one.state, ...(colors[one.state] === undefined ? {} : { color: colors[one.state] }) },
    { text: sharedWith(one.usedBy).replace(/^shared with /, '') },
    { text: one.records.join(' ') || '-' },
    { text: one.deprecated?.slice(0, 10) ?? '-' },
  ]);
  const lines = [
    paint(
      'bold',
      `${publication} · account ${account}${place(endpoint)} · ${count(releases.length, 'release')}`,
    ),
    ...(releases.length === 0 ? [] : [table(columns, rows as Parameters<typeof table>[1], width, paint)]),
    ...releases.flatMap(({ release, yanked }) =>
      yanked === undefined ? [] : wrap(`  ${release} was yanked ${yanked}`, width, '    '),
    ),
    ...unseen.flatMap(({ region, why }) =>
      wrap(`  ✖ ${region}: could not be looked up: ${why}`, width, '    ').map((line) => paint('red', line)),
    ),
    ...warnings.flatMap((warning) =>
      wrap(`! ${warning}`, width, '    ').map((line) => paint('yellow', line)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
