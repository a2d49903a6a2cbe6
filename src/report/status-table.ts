import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { Audience, ParameterSeen, StatusName } from '../model/events.ts';
import { type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { parameterStateLines } from './parameters.ts';
import { stillOpen } from './sharing.ts';
import { appearanceOf, isVerifiedStatus } from './status-appearance.ts';
import { reasons } from './status-reasons.ts';
import { table } from './table.ts';
import { cut } from './text.ts';

export interface StatusReport {
  release: string;
  account: string;
  endpoint: string;
  targets: {
    name: string;
    region: string;
    status: StatusName;
    ami?: string;
    snapshots?: string[];
    stillOpenTo?: Audience;
    why?: string;
  }[];
  parameters?: ParameterSeen[];
}

/** The output of `gopackgo status`: every target's status. Pure. */
export function statusTable(status: StatusReport, width: number, paint: Paint = painter(false)): string {
  const { release, account, endpoint, targets, parameters = [] } = mapTexts(status, printable);
  const columns = [
    { title: 'TARGET' },
    { title: 'STATUS' },
    { title: 'AMI' },
    { title: 'SNAPSHOTS', least: 22, spare: 1 },
  ];
  const rows = targets.map(({ name, status, ami, snapshots = [] }) => [
    { text: name },
    { text: status, color: appearanceOf[status].color },
    { text: ami ?? '-' },
    { text: snapshots.join(' ') || '-' },
  ]);
  const good = targets.filter(({ status }) => isVerifiedStatus(status)).length;
  const shared = targets.filter(({ status }) => status === 'shared').length;
  const open = stillOpen(targets).map((text) => ` · ${text}`);
  const total = `  ${good} of ${targets.length} verified · ${shared} shared${open.join('')}`;
  const title = paint('bold', cut(`${release} · account ${account}${place(endpoint)}`, width));
  return `${[title, table(columns, rows, width, paint), ...reasons(targets, width, paint), total, ...parameterStateLines(parameters, width)].join('\n')}\n`;
}
