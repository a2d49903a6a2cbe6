import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { PlanSummary, ShownStatus } from '../model/events.ts';
import { troubleLines } from './checks.ts';
import { type Paint, painter } from './color.ts';
import { heading } from './heading.ts';
import { rehearsalLines } from './rehearsal-lines.ts';
import { appearanceOf } from './status-appearance.ts';
import { reasons } from './status-reasons.ts';
import { table } from './table.ts';
import { wrap } from './text.ts';

/** The output of `gopackgo plan`: targets, base images, what exists, what would be built and shared. Pure. */
export function planTable(plan: PlanSummary, width: number, paint: Paint = painter(false)): string {
  const [first = '', ...rest] = heading(mapTexts(plan, printable), { told: true });
  const last = rest.flatMap((line) => wrap(line, width, '    ').map((part) => `${part}\n`)).join('');
  const { checks } = mapTexts(plan, printable);
  const advice = checks ? troubleLines(checks) : [];
  const troubles = [...advice, ...rehearsalLines(plan.endpoint, advice, width)].map((line) => `${line}\n`);
  const title = wrap(first, width, '    ').map((part) => `${paint('bold', part)}\n`);
  return `${title.join('')}${planRows(plan, width, paint)}${last}${troubles.join('')}`;
}

const plannedText = (status: ShownStatus, copyFrom: string | undefined): string => {
  const { planned } = appearanceOf[status];
  return copyFrom === undefined ? planned : planned.replace('build', 'copy');
};

/** The same without the heading, where that is shown already. Pure. */
export function planRows(plan: PlanSummary, width: number, paint: Paint = painter(false)): string {
  const planned = mapTexts(plan, printable);
  const anyAmi = planned.targets.some(({ ami }) => ami !== undefined);
  const columns = [
    { title: 'TARGET' },
    { title: 'STATUS' },
    ...(anyAmi ? [{ title: 'AMI', spare: 1 }] : []),
    { title: 'BASE IMAGE' },
    { title: 'VIA', spare: 3 },
    { title: 'BASE NAME', least: 24, spare: 2, keepsEnd: true as const },
    { title: 'AMI NAME', least: 16, spare: 4 },
  ];
  const rows = planned.targets.map(({ name, status, ami = '-', base, amiName, copyFrom }) => [
    { text: name },
    { text: plannedText(status, copyFrom), color: appearanceOf[status].color },
    ...(anyAmi ? [{ text: ami }] : []),
    { text: copyFrom === undefined ? base.id : `copy of ${copyFrom}` },
    { text: copyFrom === undefined ? base.via : '-' },
    { text: base.name },
    { text: amiName },
  ]);
  return `${[table(columns, rows, width, paint), ...reasons(planned.targets, width, paint)].join('\n')}\n`;
}
