import type { Audience, StandingWord } from '../model/events.ts';
import { type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { mapTexts, printable } from './printable.ts';
import { stillOpen } from './sharing.ts';
import { isGood, looks } from './status-appearance.ts';
import { reasons } from './status-reasons.ts';
import { table } from './table.ts';
import { cut } from './text.ts';

export interface Status {
  release: string;
  account: string;
  endpoint: string;
  targets: {
    name: string;
    region: string;
    standing: StandingWord;
    ami?: string;
    snapshots?: string[];
    stillOpenTo?: Audience;
    why?: string;
  }[];
}

/** What `gopackgo status` prints: every target's standing. Pure. */
export function statusTable(status: Status, width: number, paint: Paint = painter(false)): string {
  const { release, account, endpoint, targets } = mapTexts(status, printable);
  const columns = [
    { title: 'TARGET' },
    { title: 'STANDING' },
    { title: 'AMI' },
    { title: 'SNAPSHOTS', least: 22, spare: 1 },
  ];
  const rows = targets.map(({ name, standing, ami, snapshots = [] }) => [
    { text: name },
    { text: standing, color: looks[standing].color },
    { text: ami ?? '-' },
    { text: snapshots.join(' ') || '-' },
  ]);
  const good = targets.filter(({ standing }) => isGood(standing)).length;
  const shared = targets.filter(({ standing }) => standing === 'shared').length;
  const open = stillOpen(targets).map((text) => ` · ${text}`);
  const total = `  ${good} of ${targets.length} verified · ${shared} shared${open.join('')}`;
  const title = paint('bold', cut(`${release} · account ${account}${place(endpoint)}`, width));
  return `${[title, table(columns, rows, width, paint), ...reasons(targets, width, paint), total].join('\n')}\n`;
}
