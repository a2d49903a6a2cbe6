import { exitStatus } from '../lib/actionable-error.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { LifecycleChange, LifecycleEventBody, LifecyclePlan, LifecycleResult } from '../model/events.ts';
import { type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { eventText, type PlainOutputs, plainReport } from './plain-report.ts';
import type { Report } from './report.ts';
import { isNobody, names } from './sharing.ts';
import { count, joinWords, wrap } from './text.ts';

/**
 * Shows promote, yank and cleanup --restore: progress, then the result; with `json` one event per line on stdout, and nothing
 * else. The command shows the plan. All output goes through `redact`.
 */
export function createLifecycleReport(outputs: PlainOutputs): Report<LifecycleEventBody> {
  const { stdout, stderr } = outputs;
  return plainReport(outputs, (event, { toStdout, toStderr }) => {
    if (event.type === 'lifecycle-planned') return;
    if (event.type === 'result') {
      toStdout(lifecycleSentence(event, stdout.paint));
      toStderr(lifecycleTrouble(event, stderr.columns(), stderr.paint));
      return;
    }
    if (event.type === 'notified' && event.rehearsed !== undefined) {
      const { to, rehearsed } = mapTexts({ to: event.to, rehearsed: event.rehearsed }, printable);
      toStderr(`would be sent to ${to}:\n    ${rehearsed}\n`);
      return;
    }
    toStderr(eventText(event, stderr, interrupted));
  });
}

const interrupted = () => 'stopping: run the same command again to resume';

/** The planned changes, one line for similar ones. Pure. */
export function lifecyclePlanText(
  shown: LifecyclePlan,
  width: number,
  paint: Paint = painter(false),
): string {
  const { release, account, endpoint, command, changes, skipped, warnings, ...plan } = mapTexts(
    shown,
    printable,
  );
  const { replaces = [], promotes, reason, loses, gains } = plan;
  const lines = [
    ...(replaces.length > 0 && command === 'promote' ? [row('in place of', joinWords(replaces))] : []),
    ...(reason === undefined ? [] : [row('reason', reason)]),
    ...(promotes === undefined ? [] : [row('instead', promotes)]),
    ...(loses === undefined || isNobody(loses) ? [] : [row('loses access', who(loses))]),
    ...(gains === undefined || isNobody(gains) ? [] : [row('gains access', who(gains))]),
    ...[...Map.groupBy(changes, alike).values()].map(describeAlike),
    ...skipped.map(({ target, why }) => row('skipped', `${target} (best effort): ${why}`)),
    ...(changes.length === 0 ? [row('to change', 'nothing')] : []),
  ];
  return [
    paint('bold', `${command} ${release} · account ${account}${place(endpoint)}`),
    ...lines.flatMap((line) => wrap(line, width, ' '.repeat(22))),
    ...warnings.flatMap((warning) =>
      wrap(`! ${warning}`, width, '    ').map((line) => paint('yellow', line)),
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const row = (title: string, text: string) => `${`  ${title}`.padEnd(21)} ${text}`;

function who(audience: NonNullable<LifecyclePlan['loses']>): string {
  const others = names(audience);
  return joinWords([...(audience.public ? ['everybody'] : []), ...(others === '' ? [] : [others])]);
}

/** Each record has its own line; similar changes of AMIs share one. */
const alike = ({ change, name, release, from, to }: LifecycleChange): string =>
  change === 'file' || change === 'parameter'
    ? `${change} ${name}`
    : [
        change,
        release,
        change === 'promoted' || change === 'deprecation' ? '' : from,
        isMoment(to) ? '' : to,
      ].join(' ');

const isMoment = (text = '') => /^\d{4}-\d\d-\d\dT/.test(text);

function describeAlike(some: readonly LifecycleChange[]): string {
  const [first] = some;
  if (first === undefined) return '';
  const { change, name, release = '', from, to } = first;
  const regions = [...new Set(some.flatMap(({ region }) => region ?? []))];
  const inRegions =
    regions.length === 0
      ? ''
      : ` in ${regions.length > 4 ? count(regions.length, 'region') : regions.join(' ')}`;
  const amis = `${count(some.length, 'AMI')} of ${release}${inRegions}`;
  switch (change) {
    case 'promoted':
      return row('promoted', amis);
    case 'superseded':
      return to === undefined ? row('not superseded', amis) : row('superseded', amis);
    case 'file':
      return row('file', `${name}: ${to}`);
    case 'parameter': {
      if (to === undefined) return row('parameter', `${name}${inRegions}: deleted`);
      const one = some.length === 1 ? `: ${from === undefined ? '' : `${from} → `}${to}` : '';
      return row('parameter', `${name}${inRegions}${one}`);
    }
    case 'launch permission':
      return row('launch permission', amis);
    case 'volume permission':
      return row('volume permission', `${count(some.length, 'snapshot')} of ${release}${inRegions}`);
    case 'deprecation': {
      const dates = [...new Set(some.map((one) => one.to?.slice(0, 10) ?? 'none'))].sort();
      return row('deprecation', `${amis}: ${dates.length === 1 ? '' : 'from '}${dates[0]}`);
    }
    case 'protection':
      return row('protection', `${amis}: ${to}`);
    case 'yanked':
      return row(to === undefined ? 'no longer yanked' : 'yanked', amis);
    case 'shared tags':
      return row('shared tags', `${amis}: ${to ?? 'none'}`);
    case 'retired':
      return row(to === undefined ? 'no longer retired' : 'retired', amis);
    case 'disabled':
      return row(to === 'disabled' ? 'disabled' : 'enabled', amis);
  }
}

/** One sentence on what was done, for stdout. Pure. */
function lifecycleSentence(shown: LifecycleResult, paint: Paint): string {
  const { release, command, exit, changes, applied } = mapTexts(shown, printable);
  const done = changes.filter(({ outcome }) => outcome === 'done').length;
  const words = {
    promote: 'promoted',
    yank: 'yanked',
    'yank --undo': 'no longer yanked',
    'cleanup --restore': 'restored',
  }[command];
  const unchanged = {
    promote: 'promoted already',
    yank: 'yanked already',
    'yank --undo': 'not yanked',
    'cleanup --restore': 'not retired',
  }[command];
  const incomplete = {
    promote: 'not promoted yet',
    yank: 'not yanked yet',
    'yank --undo': 'still yanked',
    'cleanup --restore': 'not restored yet',
  }[command];
  const text =
    changes.length === 0
      ? `${release}: ${unchanged}, nothing was changed`
      : !applied
        ? `${release}: nothing was changed`
        : done === changes.length
          ? `${release}: ${words}, ${count(done, 'change')} made`
          : `${release}: ${incomplete}, ${done} of ${count(changes.length, 'change')} made`;
  return `${paint(exit === exitStatus.done ? 'green' : 'red', `${text}.`)}\n`;
}

/** Changes that were not made, with advice, for stderr; empty if all were. Pure. */
function lifecycleTrouble(shown: LifecycleResult, width: number, paint: Paint): string {
  const { changes, skipped, next, exit } = mapTexts(shown, printable);
  const failed = changes.filter(({ outcome }) => outcome === 'failed');
  const held = changes.filter(({ outcome }) => outcome === 'held').length;
  const lines = [
    ...failed.flatMap(({ change, name, region = '', why = '' }) =>
      wrap(`✖ ${change} of ${name} ${region}  ${why}`, width, '    ').map((line) => paint('red', line)),
    ),
    ...(held > 0 ? [`  ${count(held, 'change')} held back`] : []),
    ...skipped.flatMap(({ target, why }) =>
      wrap(`! ${target} (best effort)  ${why}`, width, '    ').map((line) => paint('yellow', line)),
    ),
    ...next.map((line, index) => `  ${(index === 0 ? 'next' : '').padEnd(8)}  ${line}`),
    ...(exit === 0 ? [] : [`exit status ${exit}`]),
  ];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
