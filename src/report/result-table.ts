import stringWidth from 'string-width';
import { exitStatus } from '../lib/actionable-error.ts';
import type { RecordOutcome, Result } from '../model/events.ts';
import type { Color, Paint } from './color.ts';
import { othersLines, type SameFailure, sameFailures } from './group-failures.ts';
import { parameterResultLines } from './parameters.ts';
import type { RunState } from './run-state.ts';
import { isNobody, state as sharingState, stillOpen } from './sharing.ts';
import { appearanceOf, isVerifiedStatus } from './status-appearance.ts';
import { table } from './table.ts';
import { count, cut, duration, joinWords, wrap } from './text.ts';

/** The result of a run, for stdout: every target with its AMI, and one sentence. Pure. */
export function closingTable(result: Result, state: RunState, width: number, paint: Paint): string {
  const columns = [
    { title: 'TARGET' },
    { title: 'AMI' },
    { title: 'STATE' },
    { title: 'SECONDS', align: 'right' as const },
    { title: 'ATTEMPTS', align: 'right' as const, spare: 1 },
    { title: 'SNAPSHOTS', least: 22, spare: 2 },
  ];
  const rows = result.targets.map(({ name, ami, status, seconds, attempts, snapshots = [] }) => [
    { text: name },
    { text: ami ?? '-' },
    { text: status, color: appearanceOf[status].color },
    { text: seconds.toFixed(1) },
    { text: String(attempts) },
    { text: snapshots.join(' ') || '-' },
  ]);
  const lines = [
    table(columns, rows, width, paint),
    `  templates and logs  ${result.folder}`,
    ...[
      ...mixedLines(result),
      ...recorded(result),
      ...parameterResultLines(result),
      ...tagLine(result),
      ...lifecycleLines(result),
    ].flatMap((line) => wrap(line, width, ' '.repeat(22))),
    ...missing(result, width, paint),
    ...notifiedLines(state, width),
    '',
    ...sentence(result, state, width, paint),
  ];
  return `${lines.join('\n')}\n`;
}

function tagLine({ git }: Result): string[] {
  if (git === undefined) return [];
  const { tag, is, commit = '', pushed, why } = git;
  const at = commit === '' ? '' : ` at ${commit.slice(0, 12)}`;
  const how = {
    made: 'made',
    there: 'there already',
    rehearsed: 'would be made',
    unknown: 'not made',
    failed: 'failed',
  };
  return [
    `  git tag             ${tag}${at}: ${how[is]}${pushed ? ', pushed' : ''}${why === undefined ? '' : `: ${why}`}`,
  ];
}

function mixedLines({ targets }: Result): string[] {
  const kept = targets.filter((target) => target.mixed).map(({ name }) => name);
  return kept.length === 0
    ? []
    : [`  another recipe      ${count(kept.length, 'AMI')} kept: ${kept.join(' ')}`];
}

/** The notified channels. A message of a rehearsal is one line, however long, so that it can be copied. */
function notifiedLines({ notified }: RunState, width: number): string[] {
  const told = notified.flatMap(({ to, rehearsed }) => (rehearsed === undefined ? [to] : []));
  const indent = ' '.repeat(22);
  return [
    ...(told.length === 0 ? [] : wrap(`  notified            ${told.join(', ')}`, width, indent)),
    ...notified.flatMap(({ to, rehearsed }) =>
      rehearsed === undefined
        ? []
        : [...wrap(`  would be sent       to ${to}:`, width, indent), `    ${rehearsed}`],
    ),
  ];
}

/** The best-effort targets that are missing. */
function missing({ targets, exit }: Result, width: number, paint: Paint): string[] {
  if (exit !== exitStatus.partial) return [];
  return sameFailures(targets).flatMap((same) => {
    const { name, error } = same.first;
    const indent = ' '.repeat(22);
    return [
      ...wrap(`  missing             ${name} (best effort): ${error.message}`, width, indent),
      ...othersLines(same, width, indent),
    ].map((line) => paint('yellow', line));
  });
}

/** Changes to published AMIs. */
function lifecycleLines({ lifecycle = [] }: Result): string[] {
  const alike = Map.groupBy(
    lifecycle,
    ({ change, release = '', outcome }) => `${change} ${release} ${outcome}`,
  );
  return [...alike.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const { change, release = '', outcome, to } = first;
    const date = change === 'deprecation' && to !== undefined ? `: ${to.slice(0, 10)}` : '';
    const not = outcome === 'done' ? '' : ', not changed';
    const title = `  ${change}`.padEnd(22);
    return [`${title}${count(some.length, 'AMI')} of ${release}${date}${not}`];
  });
}

const recorded = ({ records = [] }: Result): string[] =>
  records.map(
    (record) =>
      `  ${record.is === 'recorded' ? 'recorded' : 'not recorded'}`.padEnd(22) + describeRecord(record),
  );

/** `ami_ids.json: 32 added, 32 replaced` */
function describeRecord(record: RecordOutcome): string {
  switch (record.is) {
    case 'recorded': {
      const { file, added, replaced, same, earlier } = record;
      const as = [
        ...(record.mixed ? [`${record.mixed.length} of another recipe`] : []),
        ...(same > 0 ? [`${same} as they were`] : []),
        ...(earlier.length > 0 ? [`${earlier.length} of an earlier release`] : []),
      ];
      return [`${file}: ${added} added, ${replaced} replaced`, ...as].join(', ');
    }
    case 'unchanged':
      return `${record.file} is unchanged: ${count(record.missing.length, 'target')} not complete`;
    case 'kept':
      return `${record.file} is left as it is: ${record.why}`;
    case 'failed':
      return `${record.file} is unchanged: it could not be written`;
  }
}

/** Failures with advice, for stderr; empty if there are none. Pure. */
export function closingTrouble(result: Result, state: RunState, width: number, paint: Paint): string {
  const failures = sameFailures(result.targets).flatMap((same) => failure(same, width, paint));
  const warnings = state.warnings.map((warning) =>
    wrap(`! ${warning}`, width, '    ').map((line) => paint('yellow', line)),
  );
  const entry = (name: string, text: string) => wrap(`  ${name.padEnd(8)}  ${text}`, width, ' '.repeat(12));
  // A key pair's id is a name of ours; all other ids show their kind.
  const removed = state.removed.map(({ kind, id }) => (kind === 'key pair' ? `key ${id}` : id));
  const kept =
    result.exit === exitStatus.done
      ? []
      : result.targets.filter(
          ({ status, ami, error, stillOpenTo }) =>
            ami !== undefined &&
            status !== 'shared' &&
            stillOpenTo === undefined &&
            (error || result.exit !== exitStatus.partial),
        );
  const open = result.exit === exitStatus.done ? [] : openSnapshotLines(result);
  const [next, ...more] = result.next;
  const lines = [
    ...warnings.flat(),
    ...failures,
    ...(kept.length === 0
      ? []
      : [
          ...entry(
            'kept',
            `${count(kept.length, 'AMI')}, shared with nobody by this run: ${kept.map(({ ami }) => ami).join(' ')}`,
          ),
        ]),
    ...(open.length === 0
      ? []
      : [...entry('open', `${count(open.length, 'snapshot')} that others can use now: ${open.join(' ')}`)]),
    ...(removed.length === 0 ? [] : entry('removed', removed.join(' '))),
    ...(next === undefined
      ? []
      : [...command('next', next, width), ...more.flatMap((line) => command('', line, width))]),
    ...(result.exit === 0 ? [] : [`exit status ${result.exit}`]),
  ];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A command and its effect. If both do not fit in one line, the command gets its own line, and is never broken. */
function command(name: string, text: string, width: number): string[] {
  const label = `  ${name.padEnd(8)}  `;
  if (stringWidth(label + text) <= width) return [label + text];
  const [what = '', ...does] = text.split(/ {3}/);
  const indent = ' '.repeat(label.length);
  if (!what.startsWith('gopackgo ')) return wrap(label + text, width, indent);
  return [
    label + what,
    ...(does.length === 0 ? [] : wrap(`${indent}  ${does.join(' ')}`, width, `${indent}  `)),
  ];
}

function failure(same: SameFailure, width: number, paint: Paint): string[] {
  const { name, bestEffort, attempts, error } = same.first;
  const tries = attempts > 1 ? ` (after ${count(attempts, 'attempt')})` : '';
  return [
    ...wrap(`✖ ${name}${bestEffort ? ' (best effort)' : ''}  ${error.message}${tries}`, width, '    ').map(
      (line) => paint('red', line),
    ),
    ...(error.lines ?? []).map((line) => paint('dim', cut(`    ${line}`, width))),
    ...(error.log === undefined ? [] : [`    log ${error.log}`]),
    ...othersLines(same, width).map((line) => paint('red', line)),
  ];
}

/** `test-ebs@1.0.0: 2 of 2 verified, shared with nobody; took 14 s.` */
function sentence(result: Result, state: RunState, width: number, paint: Paint): string[] {
  const { release, targets, exit } = result;
  const good = targets.filter(({ status }) => isVerifiedStatus(status)).length;
  const built = targets.some(({ attempts }) => attempts > 0);
  const took =
    state.startedAt === undefined || state.endedAt === undefined
      ? ''
      : `; took ${duration((state.endedAt - state.startedAt) / 1000)}`;
  const already = exit === 0 && !built ? '; all exist already, nothing was built' : '';
  const text = `${release}: ${good} of ${targets.length} verified, ${sharingSentence(result, state)}${already}${took}.`;
  return wrap(text, width, '  ').map((line) => paint(colors[exit] ?? 'red', line));
}

const colors: Record<number, Color> = { [exitStatus.done]: 'green', [exitStatus.partial]: 'yellow' };

function sharingSentence(result: Result, { audience }: RunState): string {
  const { shared, targets, exit } = result;
  const others = stillOpen(targets);
  if (others.length > 0) return joinWords(others);
  if ((shared && exit !== exitStatus.partial) || isNobody(audience)) return sharingState(audience);
  const some = targets.filter(({ status }) => status === 'shared').length;
  const what = audience.public ? 'public' : 'shared';
  if (some > 0) return `${some} of ${targets.length} ${what}`;
  const done = audience.public ? 'made public' : 'shared';
  const open = openSnapshotLines(result).length;
  if (open === 0) return `nothing was ${done}`;
  return `no AMI was ${done}, though ${count(open, 'snapshot')} ${open === 1 ? 'is' : 'are'}`;
}

const openSnapshotLines = ({ targets }: Result): string[] =>
  targets.flatMap(({ openSnapshots: open = [] }) => open);
