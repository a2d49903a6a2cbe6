import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { Finding, StatusReport } from '../model/events.ts';
import { type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { parameterStateLines } from './parameters.ts';
import { rehearsalLines } from './rehearsal-lines.ts';
import { stillOpen } from './sharing.ts';
import { appearanceOf, isVerifiedStatus } from './status-appearance.ts';
import { reasons } from './status-reasons.ts';
import { table } from './table.ts';
import { count, cut, wrap } from './text.ts';

type Target = StatusReport['targets'][number];

/** The output of `gopackgo status`: every target's status, and the differences from the config. Pure. */
export function statusTable(status: StatusReport, width: number, paint: Paint = painter(false)): string {
  const { release, account, endpoint, parameters = [], ...rest } = mapTexts(status, printable);
  const { others, findings, unseen, targets, as } = rest;
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
  const told = new Set(findings.map(({ target, found }) => `${target} ${found}`));
  const explained = targets.filter(({ name, why = '' }) => !told.has(`${name} ${why}`));
  return `${[
    paint('bold', cut(`${release} · account ${account}${place(endpoint)}`, width)),
    table(columns, rows, width, paint),
    ...reasons(explained, width, paint),
    `  ${total(targets)}`,
    ...parameterStateLines(parameters, width),
    ...others.flatMap((one) => [
      `  ${one.release}  ${total(one.targets)}`,
      ...reasons(one.targets, width, paint),
    ]),
    ...(as ? strangerLines(as, width, paint) : []),
    ...findingLines(findings, width).map((line) => paint('red', line)),
    ...rehearsalLines(
      endpoint,
      findings.map(({ todo }) => todo),
      width,
    ),
    ...unseen.flatMap(({ place, why }) =>
      wrap(`  ? ${place}: could not be looked at: ${why}`, width, '    ').map((line) => paint('red', line)),
    ),
  ].join('\n')}\n`;
}

/** Another account's view. Pure. */
function strangerLines(
  { profile, account, amis }: NonNullable<StatusReport['as']>,
  width: number,
  paint: Paint,
): string[] {
  const columns = [
    { title: 'TARGET' },
    { title: 'AMI', spare: 1 },
    { title: 'FOUND' },
    { title: 'LAUNCHABLE' },
    { title: 'COPYABLE' },
    { title: 'PARAMETERS' },
  ];
  const rows = amis.map((one) => [
    { text: one.target },
    { text: one.ami },
    ...[one.found, one.launchable, one.copyable, one.parameters].map((text) => ({ text })),
  ]);
  const who = profile === account ? account : `${profile}, ${account}`;
  return [`  as ${who}`, ...(amis.length === 0 ? [] : [table(columns, rows, width, paint)])];
}

function total(targets: readonly Target[]): string {
  const of = targets.filter(({ leftConfig }) => !leftConfig);
  const good = of.filter(({ status }) => isVerifiedStatus(status)).length;
  const shared = of.filter(({ status }) => status === 'shared').length;
  const left = targets.length - of.length;
  const withdrawn = (['yanked', 'retired'] as const).flatMap((word) => {
    const number = of.filter(({ status }) => status === word).length;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  return [
    `${good} of ${of.length} verified`,
    `${shared} shared`,
    ...withdrawn,
    ...(left > 0 ? [`${left} not in the config`] : []),
    ...(of.some(({ byTags }) => byTags) ? ['by tags alone'] : []),
    ...stillOpen(targets),
  ].join(' · ');
}

/** A line for each finding, once for all targets that have it. Pure. */
function findingLines(findings: readonly Finding[], width: number): string[] {
  if (findings.length === 0) return [];
  const messages = findings.map(({ code, release, place, expected, found, todo, target, region = '' }) => ({
    name: target ?? place,
    region,
    text: `${target === undefined || target === place ? '' : `${target}: `}${place}: expected ${expected}, found ${found}. ${todo} [${code}]`,
    release,
  }));
  return [
    `  ${count(findings.length, 'finding')}`,
    ...groupMessages(messages).flatMap(({ first, others }) => {
      const same = sameForOthers(others);
      return [
        ...wrap(`  ✖ ${first.text}`, width, '    '),
        ...(same === undefined ? [] : wrap(`    ${same}`, width, '      ')),
      ];
    }),
  ];
}
